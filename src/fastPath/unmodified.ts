const weak = /^W\//

/** Does the client say by If-None-Match that it has the answer of this name (RFC 9110, 13.1.2: compared weakly)? */
export const isUnmodified = (header: string | undefined, etag: string | undefined): boolean => {
  if (header === undefined || etag === undefined) return false
  return (
    header === etag ||
    header
      .split(',')
      .map((one) => one.trim())
      .some((one) => one === '*' || one.replace(weak, '') === etag.replace(weak, ''))
  )
}

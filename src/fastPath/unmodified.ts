const weak = /^W\//

/** Does If-None-Match contain this ETag (RFC 9110, 13.1.2: weak comparison)? */
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

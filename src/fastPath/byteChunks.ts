/**
 * A text in which each NUL is a placeholder for the next of `parts`; each character is a byte. (JSON contains no NUL.)
 * A joined text would copy the whole answer, and become garbage afterwards.
 */
export type ByteChunks = { readonly text: string; readonly parts: readonly string[] }

/** The placeholder of a part. */
export const gap = '\0'

/** Chunks with text before and after them. A text without parts becomes a part, so that it is not copied. */
export const surround = (before: string, { text, parts }: ByteChunks, after: string): ByteChunks =>
  parts.length === 0 ? { text: before + gap + after, parts: [text] } : { text: before + text + after, parts }

/** The number of bytes. */
export const lengthOf = ({ text, parts }: ByteChunks): number => {
  let bytes = text.length - parts.length
  for (const part of parts) bytes += part.length
  return bytes
}

/** Shorter pieces are copied character by character: a call of Node takes as long as copying this many. */
const shortBytes = 40

/** Writes chunks into `bytes`, which must be large enough, starting at `at`. Returns the position after them. */
export const fill = (bytes: Buffer, at: number, { text, parts }: ByteChunks): number => {
  let from = 0
  const copyTo = (end: number) => {
    if (end - from > shortBytes) at += bytes.write(text.slice(from, end), at, 'latin1')
    else for (; from < end; from += 1) bytes[at++] = text.charCodeAt(from)
  }
  for (const part of parts) {
    const end = text.indexOf(gap, from)
    copyTo(end)
    at += bytes.write(part, at, 'latin1')
    from = end + 1
  }
  copyTo(text.length)
  return at
}

/** Chunks as a separate Buffer. */
export const toBuffer = (pieces: ByteChunks): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(lengthOf(pieces))
  fill(bytes, 0, pieces)
  return bytes
}

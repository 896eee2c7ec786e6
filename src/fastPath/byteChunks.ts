/**
 * Text as it leaves, each character a byte, without being joined: in the place of each NUL stands the next of `parts`.
 * (JSON has no NUL.) To join them would make a copy of all of it, for the collector to take away after each answer.
 */
export type ByteChunks = { readonly text: string; readonly parts: readonly string[] }

/** What stands in a text for one of its parts. */
export const gap = '\0'

/**
 * The same with something before and after it. What has no parts becomes one: it is one piece already, and stays as it
 * is.
 */
export const inside = (before: string, { text, parts }: ByteChunks, after: string): ByteChunks =>
  parts.length === 0 ? { text: before + gap + after, parts: [text] } : { text: before + text + after, parts }

/** How many bytes that is. */
export const lengthOf = ({ text, parts }: ByteChunks): number => {
  let bytes = text.length - parts.length
  for (const part of parts) bytes += part.length
  return bytes
}

/** Shorter pieces are copied character by character: to call Node for one takes as long. */
const short = 40

/** Writes it into `bytes` from the place `at` on; the place after it. There must be room for all of it. */
export const fill = (bytes: Buffer, at: number, { text, parts }: ByteChunks): number => {
  let from = 0
  const copyTo = (end: number) => {
    if (end - from > short) at += bytes.write(text.slice(from, end), at, 'latin1')
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

/** The same in memory of its own. */
export const toBuffer = (pieces: ByteChunks): Buffer => {
  const bytes = Buffer.allocUnsafeSlow(lengthOf(pieces))
  fill(bytes, 0, pieces)
  return bytes
}

import { createHash } from 'node:crypto'

type Options<T> = {
  /** ms of silence after which a space is sent */
  heartbeatMs: number
  /** the last line, by what the lines say in the end and the SHA-256, in hex, of every line before it, line ends included */
  lastLine: (total: T, sha256: string) => string
}

/** What comes first: the value, or `undefined` after so many ms. */
const orNothing = async <T>(promise: Promise<T>, ms: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      promise,
      new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), ms)
      })
    ])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The bytes of lines, closed by a last line that vouches for them. While a next line is long in coming, spaces are sent,
 * which JSON allows before a value: whoever stands between must not take the silence for the end.
 */
export async function* seal<T>(
  lines: AsyncGenerator<Buffer, T>,
  { heartbeatMs, lastLine }: Options<T>
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  let spaces = ''
  try {
    // Until the first line is there, the answer may still be another one.
    let next = Promise.resolve(await lines.next())
    for (;;) {
      const outcome = await orNothing(next, heartbeatMs)
      if (outcome === undefined) {
        spaces += ' '
        yield Buffer.from(' ')
        continue
      }
      if (outcome.done === true) {
        yield Buffer.from(lastLine(outcome.value, hash.digest('hex')))
        return
      }
      hash.update(spaces).update(outcome.value) // spaces are the beginning of the line that comes after them
      spaces = ''
      yield outcome.value
      next = lines.next()
    }
  } finally {
    await lines.return(undefined as T) // nobody reads what it returns when it is ended
  }
}

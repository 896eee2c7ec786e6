import { createHash } from 'node:crypto'

type Options<T> = {
  /** the time in ms without a line after which a space is sent */
  heartbeatMs: number
  /** makes the last line; `sha256` is the hash, in hex, of all bytes before it */
  lastLine: (total: T, sha256: string) => string
}

/** Resolves to the value, or to `undefined` after `ms`. */
const orTimeout = async <T>(promise: Promise<T>, ms: number): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Writes lines and then a last line with their checksum. While the next line is slow, it sends spaces, which JSON
 * allows before a value, so that a proxy does not close an idle connection.
 */
export async function* seal<T>(lines: AsyncGenerator<Buffer, T>, { heartbeatMs, lastLine }: Options<T>) {
  const hash = createHash('sha256')
  let spaces = ''
  try {
    // No space before the first line: until then the response can still be an error.
    let next = Promise.resolve(await lines.next())
    for (;;) {
      const outcome = await orTimeout(next, heartbeatMs)
      if (outcome === undefined) {
        spaces += ' '
        yield Buffer.from(' ')
        continue
      }
      if (outcome.done === true) {
        yield Buffer.from(lastLine(outcome.value, hash.digest('hex')))
        return
      }
      hash.update(spaces).update(outcome.value) // without the spaces before the last line
      spaces = ''
      yield outcome.value
      next = lines.next()
    }
  } finally {
    await lines.return(undefined as T) // the return value of an ended generator is not read
  }
}

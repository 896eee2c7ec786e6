import { statSync } from 'node:fs'
import { loadConsumers } from './consumers.ts'
import type { Consumers } from './consumers.ts'

const everyMs = 1000

/** What tells one state of a file from another; to be taken before the file is read, so that no change falls in between. */
export const stampOf = (path: string): string => {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(path)
    return [ino, mtimeMs, ctimeMs, size].join(' ')
  } catch {
    return 'none' // what is wrong with it, whoever reads it will say
  }
}

type Options = {
  /** the stamp of what was read last */
  since: string
  consumers: Consumers
  note: (message: string) => void
  warn: (message: string) => void
}

/**
 * Reads CONSUMERS_FILE again within a second or two of a change. Looks at it each second, since a file mounted into a
 * container is replaced by ways that file events miss. A broken new file keeps the consumers of before, and says what is
 * wrong with it. Gives a function that stops watching.
 */
export const watchConsumers = (path: string, { since, consumers, note, warn }: Options) => {
  let known = since
  const look = () => {
    try {
      const stamp = stampOf(path)
      if (stamp === known) return
      known = stamp
      const entries = loadConsumers(path)
      consumers.replace(entries)
      note(`CONSUMERS_FILE was read again: ${entries.length} consumers`)
    } catch (error) {
      warn(
        `CONSUMERS_FILE has changed and is not right; the consumers of before stay. ${error instanceof Error ? error.message : ''}`
      )
    }
  }
  const looking = setInterval(look, everyMs).unref()
  return () => clearInterval(looking)
}

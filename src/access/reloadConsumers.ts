import { statSync } from 'node:fs'
import { loadConsumers, type Consumers } from './consumers.ts'

const everyMs = 1000

/** Identifies the version of a file. Take it before reading the file, so that no change is missed. */
export const stampOf = (path: string): string => {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(path)
    return [ino, mtimeMs, ctimeMs, size].join(' ')
  } catch {
    return 'none' // reading the file reports the error
  }
}

type Options = {
  /** the version that was read last */
  since: string
  consumers: Consumers
  note: (message: string) => void
  warn: (message: string) => void
}

/**
 * Reloads CONSUMERS_FILE within two seconds of a change. It polls each second, because file events miss how container
 * platforms replace mounted files. An invalid file is reported, and the old consumers stay. Returns a stop function.
 */
export const watchConsumers = (path: string, { since, consumers, note, warn }: Options) => {
  let known = since
  const check = () => {
    try {
      const stamp = stampOf(path)
      if (stamp === known) return
      known = stamp
      const entries = loadConsumers(path)
      consumers.replace(entries)
      note(`CONSUMERS_FILE was read again: ${entries.length} consumers`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      warn(`CONSUMERS_FILE has changed and is invalid; the previous consumers stay. ${reason}`)
    }
  }
  const timer = setInterval(check, everyMs).unref()
  return () => clearInterval(timer)
}

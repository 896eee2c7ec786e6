import { statSync } from 'node:fs'
import { createConsumers, loadConsumers } from './consumers.ts'

const everyMs = 1000

const versionOf = (path: string): string => {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(path)
    return [ino, mtimeMs, ctimeMs, size].join(' ')
  } catch {
    return 'none' // reading the file reports the error
  }
}

type Log = { info: (message: string) => void; error: (message: string) => void }

/**
 * The consumers of CONSUMERS_FILE, reloaded within two seconds of a change. It polls each second, because file events
 * miss how container platforms replace mounted files. An invalid file is logged, and the old consumers stay. Throws
 * ConfigError when the file is invalid now.
 */
export const watchConsumers = (path: string, log: Log) => {
  let version = versionOf(path) // before the file is read, so that no change is missed
  const consumers = createConsumers(loadConsumers(path))
  const check = () => {
    try {
      const next = versionOf(path)
      if (next === version) return
      version = next
      const entries = loadConsumers(path)
      consumers.replace(entries)
      log.info(`CONSUMERS_FILE was read again: ${entries.length} consumers`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      log.error(`CONSUMERS_FILE has changed and is invalid; the previous consumers stay. ${reason}`)
    }
  }
  const timer = setInterval(check, everyMs).unref()
  return { consumers, stop: () => clearInterval(timer) }
}

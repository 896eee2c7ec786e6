import { createConsumers, loadConsumers } from './consumers.ts'
import { watchFile } from './watchFile.ts'

type Log = { info: (message: string) => void; error: (message: string) => void }

/**
 * The consumers of CONSUMERS_FILE, reloaded within two seconds of a change. An invalid file is logged, and the old
 * consumers stay in use. Throws ConfigError when the file is invalid at the start.
 */
export const watchConsumers = (path: string, log: Log) => {
  const watched = watchFile(path)
  const consumers = createConsumers(loadConsumers(path))
  const read = () => {
    const entries = loadConsumers(path)
    consumers.replace(entries)
    log.info(`CONSUMERS_FILE was read again: ${entries.length} consumers`)
  }
  const failed = (reason: string) =>
    log.error(`CONSUMERS_FILE has changed and is invalid; the previous consumers stay. ${reason}`)
  return { consumers, stop: watched.onChange(read, failed) }
}

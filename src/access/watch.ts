import { unwatchFile, watchFile } from 'node:fs'
import { loadConsumers } from './consumers.ts'
import type { Consumers } from './consumers.ts'

const everyMs = 1000

type Options = { consumers: Consumers; note: (message: string) => void; warn: (message: string) => void }

/**
 * Reads CONSUMERS_FILE again within a second or two of a change. Polls, since a file mounted into a container is replaced
 * by ways that file events miss. A broken new file keeps the consumers of before, and says what is wrong with it.
 * Gives a function that stops watching.
 */
export const watchConsumers = (path: string, { consumers, note, warn }: Options) => {
  const reload = () => {
    try {
      const entries = loadConsumers(path)
      consumers.replace(entries)
      note(`CONSUMERS_FILE was read again: ${entries.length} consumers`)
    } catch (error) {
      warn(`CONSUMERS_FILE has changed and is not right; the consumers of before stay. ${error instanceof Error ? error.message : ''}`)
    }
  }
  watchFile(path, { interval: everyMs, persistent: false }, reload)
  return () => { unwatchFile(path, reload) }
}

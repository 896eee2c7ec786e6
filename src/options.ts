import type { CacheEvent } from './cache/cached.ts'
import type { LogStream } from './http/log.ts'
import type { CallEvent } from './upstream/attempt.ts'
import type { SharedState } from './workers/worker.ts'

/** The arguments of `buildServer` besides the configuration: for embedding, tests and benchmarks. */
export type Options = {
  /** the clock, in ms */
  now?: () => number
  /** where log lines go; stdout when absent */
  stream?: LogStream
  /** get each event of the cache, and each call to VDAB */
  onCache?: (event: CacheEvent) => void
  onCall?: (event: CallEvent) => void
  /** the state that this worker shares with the other workers */
  shared?: SharedState | undefined
}

import type { LogStream } from './http/log.ts'
import type { SharedState } from './workers/worker.ts'

/** The arguments of `buildServer` in addition to the configuration: for embedding, tests and benchmarks. */
export type Options = {
  /** the clock, in ms */
  now?: () => number
  /** the destination of log lines; stdout when absent */
  stream?: LogStream
  /** the state that this worker shares with the other workers */
  shared?: SharedState | undefined
}

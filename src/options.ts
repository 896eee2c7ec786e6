import type { CacheEvent } from './cache/cached.ts'
import type { LogStream } from './http/log.ts'
import type { CallEvent } from './upstream/client.ts'
import type { SharedState } from './workers/worker.ts'

/** What a gateway is built with besides its configuration: for whoever embeds, tests or measures it. */
export type Options = {
  /** ms; the clock of cache and health */
  now?: () => number
  /** where log lines go; stdout when absent */
  stream?: LogStream
  /** told of everything that happens in the cache and on the wire */
  onCache?: (event: CacheEvent) => void
  onCall?: (event: CallEvent) => void
  /** what this process shares with others that answer at the same port */
  shared?: SharedState | undefined
}

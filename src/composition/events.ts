import { EventEmitter } from 'node:events'
import type { CacheEvent } from '../cache/cached.ts'
import type { CallEvent } from '../upstream/attempt.ts'

/**
 * What the gateway tells of itself while it runs, for logs, metrics and traces. No event holds a key, the text of a
 * document or personal data. A room takes a callback with a type of its own, and does not know the emitter.
 */
export type GatewayEvents = {
  /** one lookup in the cache, or a change of it */
  cache: [CacheEvent]
  /** one call to VDAB that has ended */
  call: [CallEvent]
}

/** Creates the emitter of one gateway: several can run in one process. */
export const createEvents = () => new EventEmitter<GatewayEvents>()

export type Events = ReturnType<typeof createEvents>

import { EventEmitter } from 'node:events'
import type { PersonalRead } from '../access/record.ts'
import type { CacheEvent } from '../cache/cached.ts'
import type { AnswerLookup, Answered } from '../http/answered.ts'
import type { WatchedEvent } from '../telemetry/watcher/watcher.ts'
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
  /** one call to VDAB's token service that has ended; without a code a token came */
  tokenCall: [{ code: string | undefined }]
  /** one answer that has left, by any door */
  answered: [Answered]
  /** one lookup of a whole answer */
  answerLookup: [AnswerLookup]
  /** ids that leave for VDAB together */
  batch: [{ size: number }]
  /** a price that a consumer has paid, in calls to VDAB */
  booked: [consumer: string, price: number]
  /** records of people that an answer shows, after their audit records were written */
  personalRead: [PersonalRead]
  /** an answer was compared with VDAB after it had left */
  watched: [WatchedEvent]
}

/** Creates the emitter of one gateway: several can run in one process. */
export const createEvents = () => new EventEmitter<GatewayEvents>()

export type Events = ReturnType<typeof createEvents>

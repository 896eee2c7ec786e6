import { EventEmitter } from 'node:events'
import type { PersonalRead } from '../access/record.ts'
import type { CacheEvent } from '../cache/cached.ts'
import type { AnswerLookup, Answered } from '../http/answered.ts'
import type { WatchedEvent } from '../telemetry/watcher/watcher.ts'
import type { CallEvent } from '../upstream/attempt.ts'

/**
 * The events that the gateway emits at run time, for logs, metrics and traces. No event contains a key, the text of a
 * document or personal data. A module takes a callback with its own type, and does not depend on the emitter.
 */
export type GatewayEvents = {
  /** one lookup in the cache, or a change of the cache */
  cache: [CacheEvent]
  /** one call to VDAB that has ended */
  call: [CallEvent]
  /** one finished call to VDAB's token service; without a code it returned a token */
  tokenCall: [{ code: string | undefined }]
  /** one response that was sent, by any route */
  answered: [Answered]
  /** one lookup of a whole response */
  answerLookup: [AnswerLookup]
  /** ids that are sent to VDAB together */
  batch: [{ size: number }]
  /** a price that a consumer has paid, in calls to VDAB */
  booked: [consumer: string, price: number]
  /** records of people in a response, after their audit records were written */
  personalRead: [PersonalRead]
  /** a response was compared with VDAB after it was sent */
  watched: [WatchedEvent]
}

/** Creates the emitter of one gateway: several can run in one process. */
export const createEvents = () => new EventEmitter<GatewayEvents>()

export type Events = ReturnType<typeof createEvents>

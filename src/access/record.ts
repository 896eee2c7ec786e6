import type { IncomingHttpHeaders } from 'node:http'
import { abandoned } from '../errors.ts'
import type { Audit } from './audit.ts'
import type { createDailyQuota } from './dailyQuota.ts'
import type { Consumer } from './consumers.ts'
import { doelOf } from './doel.ts'
import type { Personal } from './personal.ts'

type Dependencies = { audit: Audit; ceiling: ReturnType<typeof createDailyQuota>; now?: () => number }
/** A response that can contain personal data. */
type Outgoing = {
  consumer: Consumer
  headers: IncomingHttpHeaders
  personal: Personal
  requestId: string
  deur: string
  /** has the client disconnected? */
  isGone: () => boolean
}

/**
 * Must run before a response is sent: it books the people in it on the consumer's daily quota, and writes an audit
 * record of each. Resolves at once when there are none. When it rejects, the response must not be sent: without a
 * purpose, above the quota, when the audit log cannot be written, or when the client has disconnected.
 */
export const createRecorder =
  ({ audit, ceiling, now = Date.now }: Dependencies) =>
  async ({ consumer, headers, personal, requestId, deur, isGone }: Outgoing): Promise<void> => {
    const shown = personal.shown()
    if (shown.size === 0) return
    if (isGone()) throw abandoned()
    const doel = doelOf(consumer, headers)
    const takeBack = await ceiling(consumer, shown.keys())
    const time = new Date(now()).toISOString()
    const records = [...shown].map(([cvId, scopes]) => {
      return { time, consumer: consumer.name, doel, cvId, groepen: [...scopes].sort(), requestId, deur }
    })
    try {
      if (isGone()) throw abandoned() // the client can disconnect while the quota is booked
      await audit.write(records)
    } catch (error) {
      takeBack()
      throw error
    }
  }

export type Recorder = ReturnType<typeof createRecorder>

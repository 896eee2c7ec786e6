import { abandoned } from '../errors.ts'
import type { Audit } from './audit.ts'
import type { createDailyQuota } from './dailyQuota.ts'
import type { Consumer } from './consumers.ts'
import { doelOf } from './doel.ts'
import type { Personal } from './personal.ts'
import type { RequestContext } from './requestContext.ts'

/**
 * Records of people that were shown: their number, the consumer, and whether the operator has configured the purpose.
 */
export type PersonalRead = { consumer: string; doel: string; isConfigured: boolean; count: number }
type Dependencies = {
  audit: Audit
  dailyQuota: ReturnType<typeof createDailyQuota>
  now?: () => number
  on?: (event: PersonalRead) => void
}
/** A response that can contain personal data, and the operation or path of its request (`deur`). */
type Outgoing = { consumer: Consumer; personal: Personal; deur: string }

/**
 * Must run before a response is sent: it books the people in it on the consumer's daily quota, and writes an audit
 * record of each. Resolves at once when there are none. When it rejects, the response must not be sent: there is no
 * purpose, the quota is exceeded, the audit log cannot be written, or the client has disconnected.
 */
export const createRecorder =
  ({ audit, dailyQuota, now = Date.now, on = () => {} }: Dependencies) =>
  async (
    request: Pick<RequestContext, 'headers' | 'id' | 'isGone'>,
    { consumer, personal, deur }: Outgoing
  ): Promise<void> => {
    const shown = personal.shown()
    if (shown.size === 0) return
    if (request.isGone()) throw abandoned()
    const doel = doelOf(consumer, request.headers)
    const takeBack = await dailyQuota(consumer, shown.keys())
    const time = new Date(now()).toISOString()
    const records = [...shown].map(([cvId, scopes]) => {
      return { time, consumer: consumer.name, doel, cvId, groepen: [...scopes].sort(), requestId: request.id, deur }
    })
    try {
      if (request.isGone()) throw abandoned() // the client can disconnect while the quota is booked
      await audit.write(records)
      const isConfigured = consumer.doel !== undefined
      on({ consumer: consumer.name, doel: isConfigured ? doel : '', isConfigured, count: records.length })
    } catch (error) {
      takeBack()
      throw error
    }
  }

export type Recorder = ReturnType<typeof createRecorder>

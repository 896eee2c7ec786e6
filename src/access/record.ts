import type { IncomingHttpHeaders } from 'node:http'
import { abandoned } from '../errors.ts'
import type { Audit } from './audit.ts'
import type { createDailyQuota } from './dailyQuota.ts'
import type { Consumer } from './consumers.ts'
import { doelOf } from './doel.ts'
import type { Personal } from './personal.ts'

type Dependencies = { audit: Audit; ceiling: ReturnType<typeof createDailyQuota>; now?: () => number }
/** One answer that may hold personal data, about to leave; `isGone` tells that there is nobody to whom. */
export type Leaving = {
  consumer: Consumer
  headers: IncomingHttpHeaders
  personal: Personal
  requestId: string
  deur: string
  isGone: () => boolean
}

/**
 * The last gate before an answer leaves: the people in it count for the consumer's day, and each gets a record. Resolves at
 * once when nobody is in it. Rejects, and then the answer must not leave, without a purpose, when the day is full, when the
 * record cannot be kept, or when the client has hung up: what nobody receives is not put on record.
 */
export const createRecorder =
  ({ audit, ceiling, now = Date.now }: Dependencies) =>
  async ({ consumer, headers, personal, requestId, deur, isGone }: Leaving): Promise<void> => {
    const shown = personal.shown()
    if (shown.size === 0) return
    if (isGone()) throw abandoned()
    const doel = doelOf(consumer, headers)
    const takeBack = await ceiling(consumer, shown.keys())
    const time = new Date(now()).toISOString()
    try {
      if (isGone()) throw abandoned() // it may have gone while others were asked for the day
      await audit.write(
        [...shown].map(([cvId, groups]) => ({
          time,
          consumer: consumer.name,
          doel,
          cvId,
          groepen: [...groups].sort(),
          requestId,
          deur
        }))
      )
    } catch (error) {
      takeBack()
      throw error
    }
  }

export type Recorder = ReturnType<typeof createRecorder>

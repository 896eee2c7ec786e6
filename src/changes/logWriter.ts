import type { LogPlace, SharedLog } from '../sharing/contract.ts'
import type { FeedEvent } from './events.ts'

type Dependencies = { log: SharedLog; now: () => number }

/**
 * The leader's side of the log of a feed. An append that fails may still have been carried out, so it ends the epoch:
 * the member then leads in a new epoch, or not at all.
 */
export const createLogWriter = ({ log, now }: Dependencies) => {
  let place: LogPlace | undefined
  let appending: Promise<void> = Promise.resolve()

  return {
    isLeading: () => place !== undefined,
    /**
     * Becomes leader, or stays leader. Returns whether this call made the member leader. Rejects when the log cannot be
     * reached.
     */
    lead: async (known: number): Promise<boolean> => {
      const own = place?.epoch
      try {
        const epoch = await log.lead({ known, own })
        if (epoch === undefined) place = undefined
        else if (epoch !== own) place = { epoch, number: 0 }
        return epoch !== undefined && epoch !== own
      } catch (error) {
        place = undefined
        throw error
      }
    },
    /**
     * Appends an event for the other members, if this member leads. Resolves when the event is appended, or the epoch
     * has ended.
     */
    append: (event: FeedEvent): Promise<void> => {
      if (!place) return appending
      const next = { epoch: place.epoch, number: place.number + 1 }
      place = next
      const entry = { ...next, text: JSON.stringify({ at: now(), event }), madeAt: log.now() }
      appending = appending
        .then(() => log.append(entry))
        .catch(() => {
          if (place?.epoch === next.epoch) place = undefined
        })
      return appending
    },
    /** Lets another member lead. */
    resign: async (): Promise<void> => {
      if (!place) return
      place = undefined
      await log.resign().catch(() => undefined) // its term as leader soon expires by itself
    }
  }
}

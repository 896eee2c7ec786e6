import type { LogPlace, SharedLog } from '../sharing/contract.ts'
import type { FeedEvent } from './events.ts'

/** An event of another member. It was made at `madeAt` on that member's clock, `ageMs` ago. */
export type LogEvent = { readonly event: FeedEvent; readonly madeAt: number; readonly ageMs: number }
/** The events since the previous read. With `isGap`, some events before them are missing. */
type Look = { readonly events: readonly LogEvent[]; readonly isGap: boolean }

/** Older entries were written while this member was disconnected. VDAB's own list is then more complete. */
const oldMs = 1000
const start: LogPlace = { epoch: 0, number: 0 }

const isEarlier = (one: LogPlace, other: LogPlace) =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.number < other.number)
const isNext = (one: LogPlace, other: LogPlace) => one.epoch === other.epoch && one.number === other.number + 1

const read = (text: string | undefined) =>
  text === undefined ? undefined : (JSON.parse(text) as { at: number; event: FeedEvent }) // sealed by a member

/**
 * The followers' side of the log of a feed. A gap is one of these: a new epoch, a missing number, an entry that is old
 * or unreadable, or a log that ends before the position of this reader.
 */
export const createLogReader = (log: SharedLog) => {
  let place: LogPlace | undefined

  /** Continues at the end of the log. */
  const jump = (last: LogPlace): Look => {
    place = last
    return { events: [], isGap: true }
  }

  return {
    /** The latest epoch that this reader has seen. */
    epoch: () => place?.epoch ?? 0,
    /** Drops the position: the next read reports a gap. */
    dropPosition: () => {
      place = undefined
    },
    /** Reads the next entries. Rejects when the log cannot be reached. */
    look: async (): Promise<Look> => {
      const { entries, last } = await log.read(place ?? start)
      if (place === undefined || isEarlier(last, place) || entries.some(({ ageMs }) => ageMs > oldMs)) return jump(last)
      if (entries.length === 0) return isEarlier(place, last) ? jump(last) : { events: [], isGap: false }
      let isGap = false
      const events: LogEvent[] = []
      for (const { epoch, number, text, ageMs } of entries) {
        const found = read(text)
        isGap ||= !isNext({ epoch, number }, place) || !found
        place = { epoch, number }
        if (found) events.push({ event: found.event, madeAt: found.at, ageMs })
      }
      return { events, isGap }
    }
  }
}

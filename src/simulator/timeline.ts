import { mix } from './random.ts'

// One number per event, seconds first and then the index, so that a numeric sort orders 300,000 of them quickly.
const SPAN = 2 ** 22

/** The maximum number of records in a collection. */
export const CAPACITY = SPAN

/** One row of a change feed. `lost` is a row whose id VDAB does not know. */
export type Event = { index: number; lost: boolean }

const indexOfFirst = (keys: Float64Array, wanted: number) => {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

type Options = {
  seed: number
  count: number
  /** without repeated or lost rows, and in the right order */
  plain: boolean
  momentsOf: (index: number) => readonly number[]
}

/**
 * The events of a collection in time order. `momentsOf` returns the instants (ms, whole seconds) of a generated record;
 * they are computed at the first query, so that the start is fast.
 */
export const createTimeline = ({ seed, count, plain, momentsOf }: Options) => {
  let keys: Float64Array | undefined
  const later: { at: number; index: number }[] = []

  const generated = () => {
    const all: number[] = []
    for (let index = 0; index < count; index++) {
      for (const moment of momentsOf(index)) all.push(Math.floor(moment / 1000) * SPAN + index)
    }
    return Float64Array.from(all).sort()
  }

  // VDAB's feed has duplicate rows, ids with the text NOT_FOUND, and adjacent rows in the wrong order.
  const untidy = (events: Event[]) => {
    const rows = events.flatMap((event) => {
      const whim = mix(seed, event.index, 31)
      const again = whim % 53 === 0 ? [event] : []
      const lost = whim % 61 === 1 ? [{ index: event.index, lost: true }] : []
      return [event, ...again, ...lost]
    })
    for (let at = 1; at < rows.length; at++) {
      const [left, right] = [rows[at - 1], rows[at]]
      if (left !== undefined && right !== undefined && mix(seed, left.index, 37) % 4 === 0)
        [rows[at - 1], rows[at]] = [right, left]
    }
    return rows
  }

  /** Records a change made through the control API, at an instant in ms. */
  const note = (at: number, index: number) => {
    later.push({ at, index })
  }

  /** The rows between two instants, both included. */
  const between = (van: number, tot: number): Event[] => {
    keys ??= generated()
    const events: Event[] = []
    const end = indexOfFirst(keys, (Math.floor(tot / 1000) + 1) * SPAN)
    for (let at = indexOfFirst(keys, Math.ceil(van / 1000) * SPAN); at < end; at++) {
      const key = keys[at] ?? 0
      events.push({ index: key - Math.floor(key / SPAN) * SPAN, lost: false })
    }
    const noted = later.filter(({ at }) => at >= van && at <= tot).map(({ index }) => ({ index, lost: false }))
    return [...(plain ? events : untidy(events)), ...noted]
  }

  return { note, between }
}

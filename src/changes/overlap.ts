import type { Step } from './window.ts'

type Rows = Step['rows']

// What is more is told again instead of being compared: a storm must not be held in memory.
const mostRows = 20_000

const keyOf = ({ row: { status }, position: { na = '' } }: Rows[number]) => `${na} ${status}`

/** Is the one list what is left of the other, in its order? */
const isLeftOf = (some: readonly string[], all: readonly string[]): boolean => {
  let at = 0
  for (const key of some) {
    while (at < all.length && all[at] !== key) at += 1
    if (at === all.length) return false
    at += 1
  }
  return true
}

/**
 * What was read before of the span that is read again, so that it need not be told again. VDAB's rows carry no time and no
 * version, so a repeated row may be a new change. But when the span holds nothing but what was seen there, in the same
 * order, then nothing was added and nothing moved to its end; else all of it is told again.
 */
export const createOverlap = () => {
  let seen: string[] = []
  let isWhole = true
  const remember = (rows: Rows) => {
    if (seen.length + rows.length > mostRows) isWhole = false
    if (isWhole) for (const one of rows) seen.push(keyOf(one))
    else seen = []
  }

  return {
    /** Notes rows that were told. */
    remember,
    /** Tells by `tell` the rows of the span that are read again, or nothing when there is nothing new in them. */
    compare: async (pages: AsyncIterable<Rows>, tell: (rows: Rows) => Promise<void>) => {
      const keys: string[] = []
      let held: Rows[number][] | undefined = isWhole ? [] : undefined
      let count = 0
      for await (const rows of pages) {
        count += rows.length
        if (count <= mostRows) keys.push(...rows.map(keyOf))
        if (held && count <= mostRows) held.push(...rows)
        else {
          if (held) await tell(held)
          held = undefined
          await tell(rows)
        }
      }
      if (held && !isLeftOf(keys, seen)) await tell(held)
      isWhole = count <= mostRows
      seen = isWhole ? keys : []
      return { rows: count }
    },
    /** Nothing of what follows was seen. */
    forget: () => {
      seen = []
      isWhole = true
    }
  }
}

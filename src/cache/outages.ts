// While a source fails, one question in this time is the one that tries; the others are spared the wait.
const quietMs = 500

/** Which rows fail at the moment, and whose turn it is to try again: one question in half a second waits for the source, until it answers. */
export const createOutages = ({ now }: { now: () => number }) => {
  const tryAt = new Map<string, number>() // Infinity while one is trying
  return {
    failed: (row: string) => void tryAt.set(row, now() + quietMs),
    well: (row: string) => void tryAt.delete(row),
    /** Who tried has given up, and nothing is known: the next one may try. */
    gaveUp: (row: string) => {
      if (tryAt.has(row)) tryAt.set(row, now())
    },
    isFailing: (row: string) => tryAt.has(row),
    /** Does it fail, and is it nobody's turn to try? */
    isQuiet: (row: string) => now() < (tryAt.get(row) ?? -Infinity),
    /** Somebody tries, and will say `failed` or `well`; until then the others need not. */
    trying: (row: string) => {
      if (tryAt.has(row)) tryAt.set(row, Infinity)
    }
  }
}

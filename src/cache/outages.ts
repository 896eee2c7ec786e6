const quietMs = 500

/**
 * The rows that fail now. While a row fails, one request per half second waits for the source; all other requests get a
 * stale value.
 */
export const createOutages = ({ now }: { now: () => number }) => {
  const tryAt = new Map<string, number>() // Infinity while a try is in flight
  return {
    failed: (row: string) => void tryAt.set(row, now() + quietMs),
    succeeded: (row: string) => void tryAt.delete(row),
    /** The try was abandoned without a result: the next request may try. */
    abandoned: (row: string) => {
      if (tryAt.has(row)) tryAt.set(row, now())
    },
    isFailing: (row: string) => tryAt.has(row),
    /** The row fails, and the next try is not due. */
    isQuiet: (row: string) => now() < (tryAt.get(row) ?? -Infinity),
    /** A try starts; until it ends no other try is due. */
    trying: (row: string) => {
      if (tryAt.has(row)) tryAt.set(row, Infinity)
    }
  }
}

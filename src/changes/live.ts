import { ahead } from './ahead.ts'
import { createBroadcast } from './broadcast.ts'
import type { Change, Changes, Followed } from './changes.ts'
import type { Noun } from './cursor.ts'

type Options = {
  changes: Pick<Changes, 'follow'>
  /** fetches a changed record into the cache; may reject */
  fetchRecord: (change: Change) => Promise<unknown>
  warn: (message: string) => void
  /** most bytes that wait for one reader which resumes */
  maxBytes: number
}
/** Where a reader resumes, undefined for what comes from now on; and when it stops, as it must in the end. */
export type From = { sinds?: string | undefined; signal: AbortSignal }

/**
 * What a subscription follows: from now on it shares one reading of VDAB's feed with all others; from a cursor it replays
 * by itself what it has missed. The records that it reads are fetched ahead, so that they come in batches, and once for all.
 */
export const createLive = ({ changes, fetchRecord, warn, maxBytes }: Options) => {
  const fetchQuietly = (change: Change): Promise<unknown> => fetchRecord(change).catch(() => undefined) // who reads it will meet the error
  const broadcast = createBroadcast({ changes, fetchRecord: fetchQuietly, warn })

  return ({ sinds, signal }: From) => ({
    follow: (noun: Noun, { needsRecords }: { needsRecords: boolean }): AsyncIterable<Followed> => {
      if (sinds === undefined) return broadcast.join(noun, { signal, needsRecords })
      return ahead(changes.follow(noun, { sinds, signal, maxBytes }), async (item) => ('id' in item && needsRecords ? fetchQuietly(item) : undefined))
    }
  })
}

export type LiveOf = ReturnType<typeof createLive>

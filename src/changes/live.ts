import { GatewayError } from '../errors.ts'
import { prefetch } from './prefetch.ts'
import type { Change, Changes, FollowOptions, Followed } from './changes.ts'
import type { Noun } from './cursor.ts'

type Options = {
  changes: Pick<Changes, 'follow'>
  /** fetches a changed record into the cache; may reject */
  fetchRecord: (change: Change) => Promise<unknown>
  /** the largest backlog of one reader, in bytes */
  maxBytes: number
}

async function* refuseSlow(changes: AsyncIterable<Followed>): AsyncGenerator<Followed> {
  for await (const item of changes) {
    if ('einde' in item && item.einde === 'traag')
      throw new GatewayError(
        'RATE_LIMITED',
        'You read more slowly than things change: resume after your last cursor.',
        { field: 'sinds' }
      )
    yield item
  }
}

/**
 * The changes for one subscription. With `needsRecords` the changed records are prefetched into the cache, in batches
 * shared by all subscriptions. Throws RATE_LIMITED when the backlog of the reader is too large; the reader can resume.
 */
export const createLive =
  ({ changes, fetchRecord, maxBytes }: Options) =>
  (from: Omit<FollowOptions, 'maxBytes'>) => ({
    follow: (noun: Noun, { needsRecords }: { needsRecords: boolean }): AsyncIterable<Followed> => {
      const followed = refuseSlow(changes.follow(noun, { ...from, maxBytes }))
      // The resolver that reads the record reports the error.
      return needsRecords
        ? prefetch(followed, async (item) => ('id' in item ? fetchRecord(item).catch(() => undefined) : undefined))
        : followed
    }
  })

import { GatewayError } from '../errors.ts'
import { ahead } from './ahead.ts'
import type { Change, Changes, FollowOptions, Followed } from './changes.ts'
import type { Noun } from './cursor.ts'

type Options = {
  changes: Pick<Changes, 'follow'>
  /** fetches a changed record into the cache; may reject */
  fetchRecord: (change: Change) => Promise<unknown>
  /** most bytes of changes that wait for one reader */
  maxBytes: number
}

async function* untilSlow(changes: AsyncIterable<Followed>): AsyncGenerator<Followed> {
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
 * What a subscription follows. Who reads the records has them fetched ahead, so that they come in batches, and once for all
 * subscriptions. Throws RATE_LIMITED to one for which too much waits; nothing is skipped, as its last cursor holds.
 */
export const createLive =
  ({ changes, fetchRecord, maxBytes }: Options) =>
  (from: Omit<FollowOptions, 'maxBytes'>) => ({
    follow: (noun: Noun, { needsRecords }: { needsRecords: boolean }): AsyncIterable<Followed> => {
      const followed = untilSlow(changes.follow(noun, { ...from, maxBytes }))
      // Who reads it will meet the error.
      return needsRecords
        ? ahead(followed, async (item) => ('id' in item ? fetchRecord(item).catch(() => undefined) : undefined))
        : followed
    }
  })

export type LiveOf = ReturnType<typeof createLive>

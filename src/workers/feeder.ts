import { createCached } from '../cache/cached.ts'
import { createMemoryTier } from '../cache/memory.ts'
import { createChanges } from '../changes/changes.ts'
import type { Noun } from '../changes/cursor.ts'
import type { Progress } from '../changes/feed.ts'
import { createShelf } from '../changes/source.ts'
import type { Config } from '../config/index.ts'
import { createClient } from '../upstream/client.ts'
import type { CallEvent } from '../upstream/client.ts'
import { isOutage } from '../upstream/failures.ts'
import { createVdab } from '../vdab/lookup.ts'
import type { Broadcast } from './broadcast.ts'
import type { Told } from './messages.ts'

type Dependencies = {
  config: Config
  /** VDAB, or the simulator, and the key for it */
  url: URL
  key: string
  audience: Broadcast
  warn: (message: string) => void
  onCall: (event: CallEvent) => void
  now?: () => number
}

const nouns = ['vacature', 'kandidaat'] as const
// Nothing of a feed is kept in a cache.
const cacheBytes = 1024 * 1024

/**
 * VDAB's feeds, read once for all workers. What a feed tells goes to each worker in the order in which it happened; a page
 * goes on once all have forgotten what changed, or after some seconds: one that hangs does not keep it from the others.
 */
export const createFeeder = ({ config, url, key, audience, warn, onCall, now = Date.now }: Dependencies) => {
  const client = createClient({ settings: { ...config.vdab, url, key }, now, on: onCall })
  const cached = createCached({ tier: createMemoryTier({ maxBytes: cacheBytes }), now, isOutage })
  const { bulk } = createVdab({
    settings: config.vdab,
    client,
    cached,
    loadVacature: () => Promise.resolve(null),
    warn,
    now
  })
  const followers: Record<Noun, Set<number>> = { vacature: new Set(), kandidaat: new Set() }

  const tell = (noun: Noun, told: Told): Promise<boolean> => audience.ask(followers[noun], 'feed', { noun, told })
  const shelfOf = (noun: Noun) => ({
    ...createShelf(noun), // nobody reads in this process
    begin: () => void tell(noun, { what: 'begin' }),
    publish: (changes: Extract<Told, { what: 'publish' }>['changes']) => void tell(noun, { what: 'publish', changes }),
    settle: (settled: number) => void tell(noun, { what: 'settle', settled }),
    over: (progress: Progress) => void tell(noun, { what: 'over', progress })
  })
  const changes = createChanges({
    vdab: {
      bulk,
      changed: async (noun, ids, before) => {
        await tell(noun, { what: 'changed', ids, before })
      },
      startAnew: (noun) => void tell(noun, { what: 'startAnew' })
    },
    settings: config.feed,
    maxDays: config.vdab.bulkMaxDays,
    shelfOf,
    warn,
    now
  })

  return {
    start: changes.start,
    poll: changes.poll,
    /** Has a worker told from here on, and gives how far each feed has come. It waits for a poll under way: what that told would be lacking. */
    join: async (worker: number): Promise<Readonly<Record<Noun, Progress>>> => {
      const feeds: Partial<Record<Noun, Progress>> = {}
      await Promise.all(
        nouns.map((noun) =>
          changes.between(noun, (progress) => {
            followers[noun].add(worker)
            feeds[noun] = progress
          })
        )
      )
      return feeds as Record<Noun, Progress> // each noun has been asked for
    },
    leave: (worker: number) => {
      for (const noun of nouns) followers[noun].delete(worker)
    },
    close: async () => {
      changes.stop()
      await client.close()
    }
  }
}

export type Feeder = ReturnType<typeof createFeeder>

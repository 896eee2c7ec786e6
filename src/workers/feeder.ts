import { createCached } from '../cache/cached.ts'
import { createMemoryTier } from '../cache/memory.ts'
import { feedNouns, type Noun } from '../changes/cursor.ts'
import type { FeedEvent } from '../changes/events.ts'
import type { Progress } from '../changes/feed.ts'
import { createChangeBuffer, createSources } from '../changes/source.ts'
import type { Config } from '../config/index.ts'
import type { CallEvent } from '../upstream/attempt.ts'
import { createClient } from '../upstream/client.ts'
import type { Credentials, ReachedVdab } from '../upstream/credentials/index.ts'
import { isOutage } from '../upstream/failures.ts'
import type { Quota } from '../upstream/quota/contract.ts'
import { createVdab } from '../vdab/lookup.ts'
import type { Broadcast } from './broadcast.ts'

type Dependencies = {
  config: Config
  /** the settings of VDAB, or of the simulator */
  settings: ReachedVdab
  credentials: Credentials
  quota: Quota
  broadcast: Broadcast
  warn: (message: string) => void
  onCall: (event: CallEvent) => void
  now?: () => number
}

// The primary does not cache the records of a feed.
const cacheBytes = 1024 * 1024

/**
 * Polls VDAB's feeds once for all workers. Each worker receives the events of a feed in order. The next page is read
 * when all workers have invalidated the changed records, or after a timeout, so that a hanging worker does not block
 * the other workers.
 */
export const createFeeder = ({
  config,
  settings,
  credentials,
  quota,
  broadcast,
  warn,
  onCall,
  now = Date.now
}: Dependencies) => {
  const client = createClient({ settings, credentials, quota, now, on: onCall })
  const cached = createCached({ tier: createMemoryTier({ maxBytes: cacheBytes }), now, isOutage })
  const loadVacature = () => Promise.resolve(null)
  const { bulk } = createVdab({ settings: config.vdab, client, cached, loadVacature, warn, now })
  const followers: Record<Noun, Set<number>> = { vacature: new Set(), kandidaat: new Set() }

  const send = (noun: Noun, event: FeedEvent): Promise<boolean> =>
    broadcast.ask(followers[noun], 'feed', { noun, event })
  const sources = createSources(
    {
      vdab: {
        bulk,
        changed: async (noun, ids, before) => {
          await send(noun, { type: 'changed', ids, before })
        },
        startAnew: (noun) => void send(noun, { type: 'startAnew' })
      },
      settings: config.feed,
      maxDays: config.vdab.bulkMaxDays,
      warn,
      now
    },
    (noun) => ({
      ...createChangeBuffer(noun), // it has no reader in this process
      beginPoll: () => void send(noun, { type: 'beginPoll' }),
      publish: (changes) => void send(noun, { type: 'publish', changes }),
      settle: (settled) => void send(noun, { type: 'settle', settled }),
      endPoll: (progress) => void send(noun, { type: 'endPoll', progress })
    })
  )

  return {
    start: () => {
      for (const noun of feedNouns) sources[noun].start()
    },
    poll: () => Promise.all(feedNouns.map((noun) => sources[noun].poll())),
    /** Sends a worker all later events, and returns the progress of each feed. Waits for the end of a running poll. */
    join: async (worker: number): Promise<Readonly<Record<Noun, Progress>>> => {
      const feeds: Partial<Record<Noun, Progress>> = {}
      await Promise.all(
        feedNouns.map((noun) =>
          sources[noun].between((progress) => {
            followers[noun].add(worker)
            feeds[noun] = progress
          })
        )
      )
      return feeds as Record<Noun, Progress> // each noun was set above
    },
    leave: (worker: number) => {
      for (const noun of feedNouns) followers[noun].delete(worker)
    },
    close: async () => {
      for (const noun of feedNouns) sources[noun].stop()
      await client.close()
    }
  }
}

export type Feeder = ReturnType<typeof createFeeder>

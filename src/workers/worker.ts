import cluster from 'node:cluster'
import type { Days } from '../access/dailyQuota.ts'
import type { Sink } from '../access/audit.ts'
import type { Counter } from '../access/counters.ts'
import type { Noun } from '../changes/cursor.ts'
import type { Progress } from '../changes/feed.ts'
import type { Config } from '../config/index.ts'
import { GatewayError } from '../errors.ts'
import { createRateLimiter } from '../export/rateLimiter.ts'
import type { RateLimiter } from '../export/rateLimiter.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { createLeases } from './lease.ts'
import { kinds } from './messages.ts'
import type { Kind, ToPrimary, ToWorker } from './messages.ts'
import { createPost } from './rpc.ts'
import { createToldSource } from './source.ts'

const names = Object.keys(kinds) as Kind[] // the keys of the table are its names
const byKind = <T>(of: (kind: Kind) => T) =>
  Object.fromEntries(names.map((kind) => [kind, of(kind)])) as Record<Kind, T> // each of them
type Invalidation = Pick<Vdab, 'changed' | 'startAnew' | 'forgetPerson'>

/** The number of this worker; undefined in a process that is none. */
export const id = (): number | undefined => cluster.worker?.id

/** What one worker shares with the others, by way of the primary. Resolves once the primary tells it everything. */
export const joinPrimary = async (config: Config, onStop: () => void) => {
  let workers = 0
  let cache: Invalidation | undefined
  const send = (message: object, failed: () => void) => {
    if (process.connected)
      process.send?.(message, undefined, undefined, (error) => {
        if (error) failed()
      })
    else failed()
  }
  const post: ReturnType<typeof createPost<ToPrimary, ToWorker>> = createPost<ToPrimary, ToWorker>({
    send,
    handlers: {
      recall: ({ kind, name }) => leases[kind].recall(name),
      feed: async ({ noun, told }) => {
        await (await joined).sources[noun].tell(told)
      },
      changed: ({ noun, ids, before }) => cache?.changed(noun, ids, before),
      forgetPerson: ({ cvId }) => cache?.forgetPerson(cvId),
      count: ({ workers: count }) => {
        workers = count
      },
      stop: onStop
    }
  })
  const leases: Record<Kind, ReturnType<typeof createLeases>> = byKind((kind) =>
    createLeases({
      isLasting: kinds[kind] === Infinity,
      ask: (name, asked) => post.ask('lease', { kind, name, ...asked }),
      giveBack: (name, returned) => post.ask('giveBack', { kind, name, ...returned }).catch(() => undefined) // the primary ends before this process only
    })
  )
  process.on('message', post.hear)

  const toldSource = (noun: Noun, since: Progress = { readTo: 0, hasRead: false }) =>
    createToldSource({
      noun,
      since,
      intervalMs: config.feed.intervalMs,
      poll: () => post.ask('poll', null),
      vdab: () => cache
    })
  const joined = post.ask('hello', null).then(({ port, simulatorUrl, feeds }) => ({
    port,
    simulatorUrl,
    sources: {
      vacature: toldSource('vacature', feeds?.vacature),
      kandidaat: toldSource('kandidaat', feeds?.kandidaat)
    }
  }))
  const { port, simulatorUrl, sources } = await joined

  const everywhere = async (asking: Promise<unknown>) => {
    try {
      await asking
    } catch (error) {
      throw new GatewayError(
        'INTERNAL',
        'Not every process of this gateway has forgotten what was to be forgotten; ask again.',
        { status: 503, retryAfter: 5, cause: error }
      )
    }
  }
  const local = createRateLimiter(config.copies)
  const rateLimiter: RateLimiter = {
    wait: local.wait,
    async turn(signal) {
      signal.throwIfAborted()
      await post.ask('turn', null)
      signal.throwIfAborted()
    },
    owe: (calls) => post.ask('owe', { calls }).catch(() => undefined)
  }
  const sink: Sink = {
    write: async (text) => {
      await post.ask('audit', { text })
    },
    close: () => Promise.resolve()
  }

  return {
    /** Which worker this is, and how many take requests. */
    standing: () => ({ id: id(), count: workers }),
    port,
    simulatorUrl,
    /** those of exports */
    places: { own: leases.exports.tally, all: leases.allExports.tally },
    counters: byKind((kind): Counter => leases[kind].tally),
    days: {
      book: (name, hashes, maximum) => post.ask('bookDay', { name, hashes, maximum }),
      takeBack: (name, hashes) => post.ask('takeBackDay', { name, hashes }).catch(() => undefined)
    } satisfies Days,
    auditSink: config.auditFile === undefined ? undefined : sink,
    rateLimiter,
    sourceOf: (noun: Noun) => sources[noun].source,
    /** What to make forget when another worker, or the feed, tells. */
    attach: (forgetting: Invalidation) => {
      cache = forgetting
    },
    /** Resolves once every worker has forgotten; rejects with 503 when one did not in time. */
    changed: (noun: Noun, ids: readonly string[], before: number) =>
      everywhere(post.ask('changed', { noun, ids, before })),
    forgetPerson: (cvId: string) => everywhere(post.ask('forgetPerson', { cvId })),
    listening: (address: string) => post.ask('listening', { address })
  }
}

export type RequestCache = Awaited<ReturnType<typeof joinPrimary>>

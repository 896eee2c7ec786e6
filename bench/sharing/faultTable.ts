import { setTimeout as sleep } from 'node:timers/promises'
import type { startRedis } from '../../test/sharing/redis.ts'
import { ahead } from './clock.ts'
import type { World } from './world.ts'

type Redis = Awaited<ReturnType<typeof startRedis>>
/** The permitted excess over a consumer's limit, as a fraction (how-to): load on all members, or first on one. */
type Allowed = { even: number; one: number }
export type Fault = {
  name: string
  /** how long it lasts, in ms */
  forMs: number
  /** prepares the fault before the row */
  prepare?: (world: World) => Promise<void>
  start: (world: World) => unknown
  end?: (world: World) => unknown
  allowed?: Allowed
}

const shortMs = 9000
/** Longer than the 12 s after which a silent member counts as dead. */
const longMs = 16_000
const tailMs = 1500
const all = (world: World, work: (proxy: World['proxies'][number]) => void) => world.proxies.forEach(work)

let next: Redis | undefined
const replica = (secondsAhead?: number) => async (world: World) => {
  next = await world.newRedis(secondsAhead === undefined ? [] : ahead(secondsAhead))
  await next.client.replicaof('127.0.0.1', world.redis().port)
  while (!(await next.client.info('replication')).includes('master_link_status:up')) await sleep(20)
}
/** The replica takes over, without the writes of the last `lostMs`. */
const promote = (lostMs: number) => async (world: World) => {
  if (!next) throw new Error('there is no replica')
  await next.client.replicaof('NO', 'ONE')
  await sleep(lostMs)
  await world.failOver(next)
}
const trim = async (world: World) => {
  const { client } = world.redis()
  for (const key of await client.keys('*'))
    if ((await client.type(key)) === 'stream') await client.xtrim(key, 'MAXLEN', 0)
}

const alone: Allowed = { even: 0.1, one: 1 }
/** During a failover each member is alone for a moment. */
const moved: Allowed = { even: 0.1, one: 1 / 3 }

export const faults: readonly Fault[] = [
  { name: 'none', forMs: shortMs, start: () => {} },
  {
    name: 'slow 300 ms',
    forMs: shortMs,
    start: (world) => all(world, ({ delay }) => delay(300)),
    end: (world) => all(world, ({ heal }) => heal()),
    allowed: alone
  },
  {
    name: 'black hole',
    forMs: longMs,
    start: (world) => all(world, ({ set }) => set('deaf')),
    end: (world) => all(world, ({ heal }) => heal()),
    allowed: alone
  },
  { name: 'connections reset', forMs: shortMs, start: (world) => all(world, ({ reset }) => reset()), allowed: alone },
  {
    name: 'refused',
    forMs: shortMs,
    start: (world) =>
      all(world, ({ set, reset }) => {
        set('closed')
        reset()
      }),
    end: (world) => all(world, ({ heal }) => heal()),
    allowed: alone
  },
  {
    name: 'SIGSTOP',
    forMs: shortMs,
    start: (world) => world.redis().freeze(),
    end: (world) => world.redis().thaw(),
    allowed: alone
  },
  {
    name: 'kill -9, empty',
    forMs: shortMs,
    start: (world) => world.redis().kill(),
    end: (world) => world.redis().restart(),
    allowed: alone
  },
  {
    name: 'FLUSHALL',
    forMs: shortMs,
    start: (world) => world.redis().client.flushall(),
    allowed: { even: 0, one: 2 / 3 }
  },
  { name: 'failover, tail lost', forMs: shortMs, prepare: replica(), start: promote(tailMs), allowed: moved },
  {
    name: 'one member cut off',
    forMs: longMs,
    start: (world) => world.proxies[2]?.set('deaf'),
    end: (world) => world.proxies[2]?.heal(),
    allowed: { even: 1 / 3, one: 1 / 3 }
  },
  { name: 'log trimmed', forMs: shortMs, start: trim },
  { name: 'clock 2 s ahead', forMs: shortMs, prepare: replica(2), start: promote(0), allowed: moved },
  { name: 'clock 2 s back', forMs: shortMs, prepare: replica(), start: promote(0), allowed: moved }
]

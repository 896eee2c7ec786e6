import fc from 'fast-check'
import { test } from 'tap'
import { createCached } from '../../src/cache/cached.ts'
import { createMemoryTier } from '../../src/cache/memory.ts'
import { createSharedFeed } from '../../src/changes/sharedFeed.ts'
import { createMemoryLog, type Fate } from './memoryLog.ts'

const intervalMs = 2000
const silentMs = 1000
const skewMs = 1000
const members = 3
const ids = ['a', 'b', 'c'] as const
type Id = (typeof ids)[number]

type World = { isFenced?: boolean; isGuarded?: boolean }
type Step =
  | { type: 'pass'; ms: number }
  | { type: 'change'; id: Id }
  | { type: 'tick' | 'cut' | 'heal' | 'fail' | 'work' | 'ask' | 'answer'; member: number; id: Id }
  | { type: 'fate'; member: number; fate: Fate }
  | { type: 'trim' | 'wipe' | 'release' }

/** RUNS=3000 tries more interleavings. */
const runs = Number(process.env['RUNS'] ?? 500)

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Three members in front of one VDAB, on a clock that the test moves. VDAB's records are version numbers. */
const createWorld = ({ isFenced = true, isGuarded = true }: World) => {
  let time = 1_000_000
  const vdab = new Map<Id, { version: number; at: number }>(ids.map((id) => [id, { version: 1, at: 0 }]))
  const history: { id: Id; version: number; at: number }[] = []
  const log = createMemoryLog({ now: () => time, isFenced })

  const createMember = (index: number) => {
    const now = () => time + index * 300 // their clocks differ, within FEED_SKEW_MS
    const state = { isCut: false, isFailing: false, fate: 'arrives' as Fate }
    const cached = createCached({ tier: createMemoryTier({ maxBytes: 1_000_000 }), now })
    const delivered: { id: string; version: number }[] = []
    const fetches: (() => void)[] = []
    const tier = new Map<string, number>() // the content of a cache without the guard
    const forget = (id: string, before: number) => {
      tier.delete(id)
      if (isGuarded) cached.forget(`vacature ${id}`, 'vacature', { before })
    }
    const { source, lead, look, pollWhenDue } = createSharedFeed(
      'vacature',
      log.of(index, {
        isCut: () => state.isCut,
        fate: () => {
          const { fate } = state
          state.fate = 'arrives'
          return fate
        }
      }),
      {
        vdab: {
          bulk: async (_noun, { van: [van = ''] = [], tot: [tot = ''] = [] }) => {
            if (state.isFailing) throw new Error('VDAB fails')
            const rows = [...vdab].flatMap(([id, { version, at }]) =>
              at >= Date.parse(van) && at <= Date.parse(tot) ? [{ raw: id, id, status: String(version) }] : []
            )
            return { totaal: rows.length, rows }
          },
          changed: async (_noun, changed, before) => {
            for (const id of changed) forget(id, before)
          },
          startAnew: () => {
            for (const id of ids) forget(id, Infinity)
          }
        },
        settings: { intervalMs, overlapMs: 0, skewMs, cursorFile: undefined },
        maxDays: 10,
        warn: () => {},
        now,
        file: undefined
      }
    )
    let batch = source.ring.next()
    const readRing = () => {
      for (let items = source.ring.at(batch); items !== undefined; items = source.ring.at(batch)) {
        batch += 1
        for (const item of items) if ('id' in item) delivered.push({ id: item.id, version: Number(item.status) })
      }
    }
    const policy = { row: 'vacature', freshMs: 1e12 }
    return {
      state,
      delivered,
      source,
      tick: async () => {
        await lead()
        await look()
        await pollWhenDue()
        await settle()
        readRing()
      },
      /** Requests a record; VDAB answers at once, and the answer arrives when `answer` is called. */
      ask: (id: Id) => {
        const fill = () =>
          new Promise((resolve) => {
            const version = vdab.get(id)?.version ?? 0
            fetches.push(() => {
              tier.set(id, version)
              resolve({ version })
            })
          })
        if (isGuarded) void cached.get(`vacature ${id}`, policy, fill)
        else if (!tier.has(id)) void fill()
      },
      answer: () => fetches.shift()?.(),
      known: (id: Id): number | undefined =>
        isGuarded
          ? (cached.known(`vacature ${id}`, policy, {}) as { version: number } | undefined)?.version
          : tier.get(id)
    }
  }
  const all = Array.from({ length: members }, (_, index) => createMember(index))

  const take = async (step: Step) => {
    if (step.type === 'pass') time += step.ms
    else if (step.type === 'change') {
      const version = (vdab.get(step.id)?.version ?? 0) + 1
      vdab.set(step.id, { version, at: time })
      history.push({ id: step.id, version, at: time })
      time += 1
    } else if (step.type === 'fate') (all[step.member] as (typeof all)[0]).state.fate = step.fate
    else if ('member' in step) {
      const one = all[step.member] as (typeof all)[0]
      if (step.type === 'tick') await one.tick()
      if (step.type === 'cut' || step.type === 'heal') one.state.isCut = step.type === 'cut'
      if (step.type === 'fail' || step.type === 'work') one.state.isFailing = step.type === 'fail'
      if (step.type === 'ask') one.ask(step.id)
      if (step.type === 'answer') one.answer()
    } else log[step.type]()
    await settle()
  }

  /** The first violation: a member that follows the feed shows an answer that is older than promised. */
  const wrong = (): string | undefined => {
    for (const [index, { source, known }] of all.entries()) {
      if (!source.feed.isFollowed()) continue
      for (const id of ids) {
        const version = known(id)
        const overtaken = history.find(
          (change) => change.id === id && version !== undefined && change.version > version
        )
        if (overtaken && time - overtaken.at > intervalMs + silentMs + 1)
          return `member ${index} follows, and shows ${id} as it was ${time - overtaken.at} ms ago`
      }
    }
    return undefined
  }
  /** The first violation in the delivered changes: a version went back, or the last change is missing. */
  const wrongInRing = (isOver: boolean): string | undefined => {
    for (const [index, { delivered }] of all.entries())
      for (const id of ids) {
        const versions = delivered.flatMap((one) => (one.id === id ? [one.version] : []))
        if (versions.some((version, at) => version < (versions[at - 1] ?? 0)))
          return `member ${index} told ${id} as ${versions.join(', ')}`
        const last = vdab.get(id)?.version ?? 0
        if (isOver && last > 1 && versions.at(-1) !== last)
          return `member ${index} did not tell ${last} of ${id}: ${versions.join(', ')}`
      }
    return undefined
  }
  return { all, take, wrong, wrongInRing }
}

const member = fc.nat({ max: members - 1 })
const id = fc.constantFrom(...ids)
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant('tick' as const), member, id }) },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(50, 400, 1500, 3500) })
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('change' as const), id }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('ask' as const, 'answer' as const), member, id }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('fate' as const),
        member,
        fate: fc.constantFrom<Fate>('lost', 'answerLost', 'late', 'twice')
      })
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constantFrom('cut' as const, 'heal' as const, 'heal' as const, 'fail' as const, 'work' as const),
        member,
        id
      })
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('trim' as const, 'wipe' as const, 'release' as const) }) }
  ),
  { minLength: 20, maxLength: 120 }
)

/** Runs the steps in a world, then ends all faults; throws at the first violation. */
const run = async (options: World, taken: readonly Step[]) => {
  const { all, take, wrong, wrongInRing } = createWorld(options)
  const check = (isOver = false) => {
    const found = wrong() ?? wrongInRing(isOver)
    if (found !== undefined) throw new Error(found)
  }
  for (const one of all) await one.tick()
  for (const step of taken) {
    await take(step)
    check()
  }
  await take({ type: 'release' })
  for (const index of all.keys())
    for (const type of ['heal', 'work'] as const) await take({ type, member: index, id: 'a' })
  for (let turn = 0; turn < 40; turn += 1) {
    await take({ type: 'pass', ms: 200 })
    for (const one of all) await one.tick()
    check()
  }
  check(true)
}

const found = async (options: World, numRuns: number) => {
  const { failed, counterexample, errorInstance } = await fc.check(
    fc.asyncProperty(steps, (taken) => run(options, taken)),
    { numRuns, seed: 1, endOnFailure: true }
  )
  return failed ? `${String(errorInstance)}: ${JSON.stringify(counterexample)}` : undefined
}

test('no gateway that follows the feed shows an answer older than a poll interval plus a second', async (t) => {
  t.equal(await found({}, runs), undefined)
})

test('the same test finds a missed change when the log has no epochs', async (t) => {
  t.match(await found({ isFenced: false }, 5000), /did not tell|shows/)
})

test('the same test finds an outdated answer when a change does not invalidate a running fetch', async (t) => {
  t.match(await found({ isGuarded: false }, 5000), /shows/)
})

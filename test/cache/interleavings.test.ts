import fc from 'fast-check'
import t from 'tap'
import { createCached } from '../../src/cache/cached.ts'
import type { LookUpResult } from '../../src/cache/cached.ts'
import { createReverseIndex } from '../../src/cache/reverseIndex.ts'
import { createMemoryTier } from '../../src/cache/memory.ts'
import { createInvalidation } from '../../src/vdab/invalidation.ts'
import { createPolicies } from '../../src/vdab/policies.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const ids = ['a', 'b', 'c'] as const
type Id = (typeof ids)[number]
const pages: Readonly<Record<string, readonly Id[]>> = { 'vacatures ab': ['a', 'b'], 'vacatures bc': ['b', 'c'] }
const keys = [...Object.keys(pages), ...ids.map((id) => `vacature ${id}`)]

type Step =
  | { do: 'ask'; key: string }
  | { do: 'read' | 'answer' | 'fail'; nth: number }
  | { do: 'change' | 'remove'; id: Id }
  | { do: 'poll' | 'repeat' | 'feedFails' | 'squeeze' }
  | { do: 'evict'; key: string }
  | { do: 'wait'; ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), key: fc.constantFrom(...keys) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'answer' as const, 'answer' as const, 'fail' as const),
      nth: fc.nat(4)
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('change' as const, 'change' as const, 'remove' as const),
      id: fc.constantFrom(...ids)
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'poll' as const,
        'poll' as const,
        'poll' as const,
        'repeat' as const,
        'feedFails' as const,
        'squeeze' as const
      )
    })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const), key: fc.constantFrom(...keys) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 1, 499, 501, 29 * second, 31 * second, 11 * minute, hour, 6 * hour, 25 * hour)
    })
  }
)

type Shown = { readonly vacatureReferentie: { readonly interneReferentie: Id }; readonly versie: number }
type InFlight = { key: string; read?: unknown; resolve: (value: unknown) => void; reject: (error: Error) => void }

/**
 * A VDAB with three vacancies, which change and disappear at any moment, behind the cache under test. `poll` reads the
 * feed: all earlier changes are known from then on. A fetch sees VDAB at one moment between its start and its end.
 * Throws when an answer breaks the promise.
 */
const run = async (create: typeof createCached, steps: readonly Step[], openBytes?: number) => {
  const clock = { now: 1_000_000 }
  const now = () => clock.now
  let isFollowed = false
  let moment = 0
  const world = new Map(
    ids.map((id) => [id, { versie: 1, isThere: true, absentUntil: -1, changedAt: 0, known: 1, knownAt: 0 }])
  )
  const stateOf = (id: Id) => {
    const state = world.get(id)
    if (!state) throw new Error(id)
    return state
  }
  const pending: Id[] = []
  const told: { ids: Id[]; before: number }[] = []
  const flights: InFlight[] = []
  const answers: Promise<void>[] = []
  const broken: Error[] = []
  const tier = createMemoryTier({ maxBytes: 32 * 1024 })
  const cached = create({ tier, now, ...(openBytes === undefined ? {} : { openBytes }) })
  const policies = createPolicies({ settings: {}, isFollowed: () => isFollowed })
  const policyOf = (key: string) => policies.policyOf(key.startsWith('vacatures') ? 'vacatures' : 'vacature')

  const look = (key: string): unknown => {
    const show = (id: Id): Shown => ({ vacatureReferentie: { interneReferentie: id }, versie: stateOf(id).versie })
    const page = pages[key]
    if (page) return { aantal: page.length, resultaten: page.map(show) }
    const id = key.slice(-1) as Id // all keys but those of pages end in an id
    return stateOf(id).isThere ? show(id) : null
  }
  const fill = (key: string) => () =>
    new Promise<unknown>((resolve, reject) => {
      flights.push({ key, resolve, reject })
    })
  const forgetting = createInvalidation({
    cached,
    policies,
    refetch: (id, askedAt) => {
      void cached.refetch(`vacature ${id}`, policyOf('vacature'), fill(`vacature ${id}`), askedAt)
    },
    now
  })

  const ask = (key: string) => {
    const known = new Map(ids.map((id) => [id, { ...stateOf(id) }]))
    let how: LookUpResult | undefined
    const policy = policyOf(key)
    const isFollowedThen = isFollowed
    const judge = (value: unknown) => {
      const fault = faultIn(value)
      if (fault !== undefined) broken.push(new Error(fault))
    }
    const faultIn = (value: unknown): string | undefined => {
      const shown = value === null ? [] : pages[key] ? (value as { resultaten: Shown[] }).resultaten : [value as Shown]
      for (const {
        vacatureReferentie: { interneReferentie: id },
        versie
      } of shown) {
        if (versie < (known.get(id)?.known ?? 0))
          return `${key} showed version ${versie} of ${id} after the feed had told of ${known.get(id)?.known}`
      }
      if (value === null) {
        const state = stateOf(key.slice(-1) as Id)
        if (state.isThere && state.absentUntil <= (known.get(key.slice(-1) as Id)?.knownAt ?? 0))
          return `${key} was unknown after the feed had told that it is there`
      }
      if (!how) return 'nothing was said of the age'
      if (how.how !== 'hit') return undefined
      if (value !== null && (cached.entryVersionOf(value as object) !== how.entryVersion || how.entryVersion?.isGone))
        return `${key} was answered, and its entryVersion said that it is gone`
      if (isFollowedThen !== isFollowed) return undefined
      const { freshMs, negativeMs = 0, staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = policy
      const allowed =
        value === null
          ? negativeMs
          : freshMs +
            (how.reason === undefined
              ? 0
              : how.reason === 'VERNIEUWING'
                ? staleWhileRevalidateMs
                : Math.max(staleIfErrorMs, staleWhileRevalidateMs))
      return how.ageMs >= allowed ? `${key} was ${how.ageMs} ms old, ${how.reason ?? 'as if fresh'}` : undefined
    }
    const asked = cached.get(key, policy, fill(key), {
      onResult: (seen) => {
        how = seen
      }
    })
    if (!(asked instanceof Promise)) judge(asked)
    else answers.push(asked.then(judge, () => undefined))
  }

  const poll = async () => {
    const changed = pending.splice(0)
    for (const id of changed) {
      stateOf(id).known = stateOf(id).versie
      stateOf(id).knownAt = stateOf(id).changedAt
    }
    isFollowed = true
    told.push({ ids: changed, before: now() + 1 })
    await forgetting.changed('vacature', changed, now() + 1)
  }

  const take = async (one: Step) => {
    moment += 1
    if (one.do === 'wait') clock.now += one.ms
    else if (one.do === 'ask') ask(one.key)
    else if (one.do === 'poll') await poll()
    else if (one.do === 'feedFails') isFollowed = false
    else if (one.do === 'evict') tier.delete(one.key)
    else if (one.do === 'squeeze')
      for (let ballast = 0; ballast < 16; ballast += 1)
        tier.set(`ballast ${ballast}`, { value: 'x'.repeat(1400), startedAt: now() })
    else if (one.do === 'repeat')
      for (const { ids: again, before } of [...told].reverse()) await forgetting.changed('vacature', again, before)
    else if (one.do === 'change' || one.do === 'remove') {
      const state = stateOf(one.id)
      if (!state.isThere) state.absentUntil = moment
      Object.assign(state, { versie: state.versie + 1, isThere: one.do === 'change', changedAt: moment })
      pending.push(one.id)
    } else if ('nth' in one) {
      const flight = flights[one.nth % Math.max(1, flights.length)]
      if (!flight) return
      flight.read ??= { value: look(flight.key) }
      if (one.do === 'read') return
      flights.splice(flights.indexOf(flight), 1)
      if (one.do === 'answer') flight.resolve((flight.read as { value: unknown }).value)
      else flight.reject(new Error('VDAB failed'))
      await new Promise(setImmediate)
    }
  }

  for (const one of steps) await take(one)
  while (flights.length > 0) await take({ do: 'answer', nth: 0 })
  await Promise.all(answers)
  const [first] = broken
  if (first) throw first
}

// The records are stored as text: parsed at each lookup, or held as objects.
const holds = (create: typeof createCached) =>
  fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
    fc.constantFrom(0, undefined),
    (steps, openBytes) => run(create, steps, openBytes)
  )

void t.test(
  'no interleaving of fetches, changes, polls, failures and evictions leaves an outdated value beyond the promised time',
  async (t) => {
    await fc.assert(holds(createCached), { numRuns: 2000 })
    t.pass()
  }
)

/** The cache with one of its guards removed by a wrapper, so that production code needs no switch. */
const withoutGuard: Readonly<Record<string, typeof createCached>> = {
  'a fetch that was overtaken is stored': (dependencies) => {
    const { tier, now = Date.now } = dependencies
    const cached = createCached(dependencies)
    return {
      ...cached,
      get: (key, policy, fill, asked) =>
        cached.get(
          key,
          policy,
          async (fetching) => {
            const startedAt = now()
            const value = await fill(fetching)
            if (value !== null) tier.set(key, { value, startedAt })
            return value
          },
          asked
        )
    }
  },
  'a page that is being fetched is not overtaken': (dependencies) => ({
    ...createCached(dependencies),
    overtake: () => {}
  }),
  'a page that contains a changed record is not found': (dependencies) => ({
    ...createCached(dependencies),
    forgetMember: () => {}
  }),
  'a record is not invalidated': (dependencies) => ({ ...createCached(dependencies), forget: () => undefined }),
  'an entry counts as younger than it is': (dependencies) => {
    const { tier, now = Date.now } = dependencies
    const set = tier.set.bind(tier)
    return createCached({
      ...dependencies,
      tier: {
        ...tier,
        set: (key, entry) => {
          set(key, { ...entry, startedAt: now() + 2 })
        }
      }
    })
  }
}
for (const [guard, create] of Object.entries(withoutGuard)) {
  void t.test(`the same property fails when ${guard}`, async (t) => {
    const { failed, counterexample, errorInstance } = await fc.check(holds(create), { numRuns: 5000 })
    t.ok(failed, errorInstance instanceof Error ? errorInstance.message : 'no counterexample was found')
    t.comment(`${guard}: ${JSON.stringify(counterexample?.[0].map(({ do: name }) => name))}`)
  })
}

void t.test('the reverse index matches the content of the cache tier after any removal', async (t) => {
  const move = fc.record({
    key: fc.nat(8).map(String),
    members: fc.uniqueArray(fc.nat(5).map(String), { maxLength: 4 }),
    size: fc.constantFrom(10, 900, 5000),
    isDeleted: fc.boolean()
  })
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const tier = createMemoryTier({ maxBytes: 16 * 1024 })
      const members = createReverseIndex()
      tier.onDrop((key, entry) => {
        members.remove(key, entry.members ?? [])
      })
      for (const { key, members: given, size, isDeleted } of moves) {
        if (isDeleted) tier.delete(key)
        else {
          const entry = { value: 'x'.repeat(size), startedAt: 1, members: given }
          tier.set(key, entry)
          if (tier.get(key) === entry) members.add(key, given)
        }
      }
      const expected = new Set([...tier.keys()].flatMap((key) => tier.get(key)?.members ?? []))
      if (members.size() !== expected.size) throw new Error('the index holds what is gone')
      for (const member of expected)
        for (const key of members.keysOf(member))
          if (!tier.get(key)?.members?.includes(member)) throw new Error('a key is named that has it not')
      for (const key of tier.keys()) tier.delete(key)
      if (members.size() !== 0) throw new Error('the index is not empty')
    })
  )
  t.pass()
})

import fc from 'fast-check'
import type { RequestContext } from '../../src/access/requestContext.ts'
import { createAnswerCache } from '../../src/fastPath/answerCache.ts'
import { createCached } from '../../src/cache/cached.ts'
import { createDerived } from '../../src/cache/derived.ts'
import { createMemoryTier } from '../../src/cache/memory.ts'
import { createInvalidation } from '../../src/vdab/invalidation.ts'
import { createCoalescing } from '../../src/fastPath/coalescing.ts'
import { createPolicies } from '../../src/vdab/policies.ts'
import { createFreshness } from '../../src/vdab/freshness.ts'
import { test } from './test.ts'

type Step =
  | { do: 'ask'; what: 'a' | 'b' | 'ab' }
  | { do: 'read' | 'answer' | 'fail'; nth: number }
  | { do: 'change'; id: 'a' | 'b' }
  | { do: 'poll' | 'evict' | 'feedFails' | 'turn' }
  | { do: 'wait'; ms: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      what: fc.constantFrom('a' as const, 'b' as const, 'ab' as const, 'ab' as const)
    })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'answer' as const, 'answer' as const, 'fail' as const),
      nth: fc.nat(3)
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('change' as const), id: fc.constantFrom('a' as const, 'b' as const) })
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('poll' as const, 'poll' as const, 'evict' as const, 'feedFails' as const, 'turn' as const)
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 11 * 60_000, 7 * 3_600_000) })
  }
)

const requestContext = {
  isGone: () => false,
  consumer: { name: 'team', scopes: new Set(['vacatures']), limits: {} }
} as unknown as RequestContext // it reads the consumer only
const turn = () => new Promise((resolve) => setImmediate(resolve))

/**
 * Answers derived from one record or two, stored and shared while the records change. `editionOf` wraps the edition
 * counter, so that a test can disable it. Throws when a request got a version that was known to be outdated when it
 * arrived, or one older than permitted.
 */
const run = async (steps: readonly Step[], editionOf: (edition: () => number) => () => number) => {
  const clock = { now: 1_000_000 }
  const now = () => clock.now
  let isFollowed = false
  const versions = { a: 1, b: 1 }
  const known = { a: 1, b: 1 }
  const pending = new Set<'a' | 'b'>()
  const flights: { id: 'a' | 'b'; read?: object; resolve: (value: unknown) => void; reject: (error: Error) => void }[] =
    []
  const cached = createCached({ tier: createMemoryTier({ maxBytes: 64 * 1024 }), now })
  const policies = createPolicies({ settings: {}, isFollowed: () => isFollowed })
  const forgetting = createInvalidation({ cached, policies, refetch: () => {}, now })
  const answerCache = createAnswerCache({
    derived: createDerived({ maxBytes: 64 * 1024 }),
    freshUntil: policies.freshUntil,
    touch: cached.touch,
    now
  })
  const keeping = createCoalescing({ answerCache, edition: editionOf(forgetting.edition), wantsFresher: () => false })
  const broken: Error[] = []
  const asked: Promise<void>[] = []

  const ask = async (what: 'a' | 'b' | 'ab') => {
    const then = { ...known }
    const ids = (['a', 'b'] as const).filter((id) => what.includes(id))
    const versheid = createFreshness()
    const compute = async () => {
      const values = await Promise.all(
        ids.map((id) =>
          cached.get(
            policies.keyOf('vacature', id),
            policies.policyOf('vacature'),
            () =>
              new Promise((resolve, reject) => {
                flights.push({ id, resolve, reject })
              }),
            { onResult: versheid.note }
          )
        )
      )
      const data = Object.fromEntries(ids.map((id, index) => [id, values[index]]))
      return { payload: { data }, result: { data }, versions: versheid.versions }
    }
    try {
      const answer = await keeping.answer(
        requestContext,
        { key: what },
        {
          compute,
          withErrors: () => {
            throw new Error('no failure of these is shared')
          }
        }
      )
      const { data } =
        'cached' in answer ? (JSON.parse(`${answer.cached.bytes.toString()}}`) as { data: object }) : answer
      for (const [id, value] of Object.entries(data) as ['a' | 'b', { versie: number }][]) {
        if (value.versie < then[id])
          broken.push(new Error(`version ${value.versie} of ${id} after ${then[id]} was known`))
      }
    } catch {
      /* what fails is not kept, which the next one finds out */
    }
  }
  for (const one of steps) {
    if (one.do === 'ask') asked.push(ask(one.what))
    else if (one.do === 'wait') clock.now += one.ms
    else if (one.do === 'change') {
      clock.now += 1
      versions[one.id] += 1
      pending.add(one.id)
    } else if (one.do === 'poll') {
      clock.now += 1
      isFollowed = true
      for (const id of pending) known[id] = versions[id]
      await forgetting.changed('vacature', [...pending], clock.now)
      pending.clear()
    } else if (one.do === 'evict') cached.forgetRow('vacature')
    else if (one.do === 'feedFails') isFollowed = false
    else if (one.do === 'turn') await turn()
    else if ('nth' in one) {
      const flight = flights[one.nth]
      if (!flight) continue
      if (one.do === 'read' || one.do === 'answer') flight.read ??= { versie: versions[flight.id] }
      if (one.do === 'read') continue
      flights.splice(one.nth, 1)
      if (one.do === 'fail') flight.reject(new Error('VDAB fails'))
      else flight.resolve(flight.read)
      if (one.nth !== 1) await turn()
    }
  }
  for (let left = 0; left < 50; left += 1) {
    for (const flight of flights.splice(0)) flight.resolve(flight.read ?? { versie: versions[flight.id] })
    await turn()
  }
  await Promise.all(asked)
  const [first] = broken
  if (first) throw first
}

const property = (editionOf: (edition: () => number) => () => number) =>
  fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => run(steps, editionOf))

void test('no interleaving gives a request, from stored bytes or coalesced, an answer that was known to be outdated when it arrived', async () => {
  await fc.assert(
    property((edition) => edition),
    { numRuns: 400 }
  )
})

void test('the same property fails when the editions are not compared', async (t) => {
  await t.rejects(
    fc.assert(
      property(() => () => 0),
      { numRuns: 40_000 }
    ),
    /Property failed/
  )
})

void test('stored bytes retain only their own memory: a small Buffer is a slice of a larger one', (t) => {
  const answerCache = createAnswerCache({
    derived: createDerived({ maxBytes: 64 * 1024 }),
    freshUntil: () => Infinity,
    touch: () => {},
    now: () => 0
  })
  const { bytes } = answerCache.set('key', Buffer.from('{"data":{}', 'latin1'), { versions: [] })
  t.same([bytes.toString(), bytes.buffer.byteLength], ['{"data":{}', bytes.length])
  t.end()
})

import t from 'tap'
import { createPriorityQueue } from '../../src/upstream/priorityQueue.ts'
import { build } from '../helper.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const cvId = '30dbfef1-59df-4521-a111-964bf0208e68'
const other = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const some = [id, other, '00000000-0000-4000-8000-000000000000']

const withClock = async (t: Parameters<typeof build>[0], env: Record<string, string> = {}) => {
  const clock = { now: Date.parse('2026-03-02T10:00:00.000Z') }
  const built = await build(t, { now: () => clock.now, env })
  const { query, simulator, vdab } = built
  return {
    ...built,
    clock,
    calls: async () => (await simulator.calls()).perEndpoint,
    rename: (functieTitel: string) => simulator.patch(`vacatures/${id}`, { functie: { functieTitel } }),
    changed: (...ids: string[]) => vdab.changed('vacature', ids, clock.now + 1),
    titles: async () =>
      (
        (await query('query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { functie { functieTitel } } }', { ids: some }))
          .data as { vacaturesOpId: ({ functie: { functieTitel: string } } | null)[] }
      ).vacaturesOpId.map((vacature) => vacature?.functie.functieTitel)
  }
}
const until = async (isSo: () => Promise<boolean>) => {
  while (!(await isSo())) await new Promise(setImmediate)
}

void t.test(
  'a changed vacancy that was requested recently is refetched before the next request, in one batch with other changes',
  async (t) => {
    const { titles, calls, rename, changed, clock, simulator } = await withClock(t)
    await titles()
    await rename('Nieuw')
    await simulator.reset()
    clock.now += 1000
    await changed(id, other, '00000000-0000-4000-8000-00000000ffff')
    await until(async () => (await calls())['POST /vacatures'] === 1)
    await until(async () => (await titles())[0] === 'Nieuw')
    t.same(await calls(), { 'POST /vacatures': 1 })
    clock.now += 5 * 60_000 + 1000
    await simulator.reset()
    await changed(id, other)
    await new Promise((resolve) => setTimeout(resolve, 100)) // ten times the batch window, enough for a call
    t.same(await calls(), {})
  }
)

void t.test('a value fetched after the change is not invalidated', async (t) => {
  const { titles, calls, clock, vdab, simulator } = await withClock(t)
  const changedAt = clock.now
  clock.now += 1
  await titles()
  await simulator.reset()
  await vdab.changed('vacature', [id], changedAt + 1)
  await titles()
  t.same(await calls(), {})
})

void t.test('a batch sent before the change was known answers its waiting callers, and is not cached', async (t) => {
  const { titles, calls, changed, clock, simulator, rename } = await withClock(t)
  await simulator.faults({ latencyMs: 300, endpoint: 'POST /vacatures' })
  const waiting = titles()
  await until(async () => (await calls())['POST /vacatures'] === 1)
  await rename('Nieuw')
  clock.now += 10
  await changed(id)
  t.equal((await titles())[0], 'Nieuw', 'a request after the change does not join a batch sent before it')
  await waiting
  t.equal((await titles())[0], 'Nieuw')
})

void t.test(
  'a cached or running search that contains a changed vacancy is repeated; other searches are not',
  async (t) => {
    const { query, calls, changed, clock, simulator } = await withClock(t)
    const search = async (filter: string) =>
      (
        (await query(`{ vacatures(first: 3, filter: ${filter}) { nodes { id status } } }`)).data as {
          vacatures: { nodes: { id: string; status: string }[] }
        }
      ).vacatures.nodes
    const [first] = await search('{ sinds: 30 }')
    const others = await search('{ jobdomein: ["JOBCAT23"] }')
    const shown = first?.id.replace('Vacature:', '') ?? ''
    t.notOk(
      others.some((node) => node.id === first?.id),
      'the two searches show different vacancies'
    )
    await simulator.remove(`vacatures/${shown}`)
    clock.now += 1000
    await changed(shown)
    await simulator.reset()
    t.notOk((await search('{ sinds: 30 }')).some((node) => node.id === first?.id))
    await search('{ jobdomein: ["JOBCAT23"] }')
    t.equal((await calls())['GET /vacatures'], 1, 'one search is repeated; detail calls are not counted here')

    await simulator.faults({ latencyMs: 300, endpoint: 'GET /vacatures' })
    const waiting = search('{ sinds: 7 }')
    await until(async () => (await calls())['GET /vacatures'] === 2)
    clock.now += 10
    await changed(other)
    await waiting
    await simulator.heal()
    await search('{ sinds: 7 }')
    t.equal((await calls())['GET /vacatures'], 3, 'a search that ran during the change is fetched again')
  }
)

void t.test(
  'a changed CV is invalidated with the lists that contain it, and is not refetched without a purpose',
  async (t) => {
    const { query, calls, clock, vdab, simulator } = await withClock(t)
    const ask = () => query(`{ kandidaat(id: "${cvId}") { status } kandidaten(first: 50) { totaal } }`)
    await ask()
    await simulator.reset()
    clock.now += 1000
    await vdab.changed('kandidaat', [cvId.toUpperCase()], clock.now)
    await new Promise((resolve) => setTimeout(resolve, 50)) // long enough for a call that must not be made
    t.same(await calls(), {})
    await ask()
    t.equal((await calls())['GET /kandidaten/{id}'], 1)
  }
)

void t.test('an invalidation of all entries of one noun leaves the other nouns cached', async (t) => {
  const { query, calls, vdab, simulator } = await withClock(t)
  const ask = () =>
    query(`{ vacature(id: "${id}") { aantalJobs } vacatures(first: 1) { totaal } kandidaat(id: "${cvId}") { status } }`)
  await ask()
  await simulator.reset()
  vdab.startAnew('vacature')
  await ask()
  t.same(await calls(), { 'GET /vacatures/{id}': 1, 'GET /vacatures': 1 })
})

void t.test('400,000 simultaneous changes are processed in slices, and requests are answered in between', async (t) => {
  const { vdab, query, clock, calls } = await withClock(t, { REQUESTS_PER_MINUTE: '100000' })
  await query('{ vacatures(first: 200) { nodes { aantalJobs } } }')
  const storm = Array.from(
    { length: 400_000 },
    (_, index) => `${index.toString(16).padStart(8, '0')}-68d3-4fb7-aa35-c36e96ede172`
  )
  for (const name of ['vacature', 'kandidaat'] as const) {
    let turns = 0
    let longestMs = 0
    let lastAt = performance.now()
    let isDone = false
    const count = () => {
      const at = performance.now()
      longestMs = Math.max(longestMs, at - lastAt)
      lastAt = at
      turns += 1
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    const startedAt = performance.now()
    await vdab.changed(name, storm, clock.now + 1)
    isDone = true
    t.comment(
      `${name}: ${Math.round(performance.now() - startedAt)} ms, ${turns} turns, the longest ${Math.round(longestMs)} ms`
    )
    t.ok(turns > 2, 'the event loop ran in between')
  }
  t.equal((await query('{ vacatures(first: 200) { totaal } }')).errors, undefined)
  t.ok(await calls())
})

void t.test(
  'a background call takes a slot only when no request waits, and gains priority when a request joins it',
  async (t) => {
    const priorityQueue = createPriorityQueue({ concurrency: 2, background: 1 })
    const started: string[] = []
    const open = new Map<string, () => void>()
    const work = (name: string) => () =>
      new Promise<void>((resolve) => {
        started.push(name)
        open.set(name, resolve)
      })
    let isBackground = true
    const end = async (name: string) => {
      open.get(name)?.()
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    }
    const all = [
      priorityQueue.run(work('first')),
      priorityQueue.run(work('second')),
      priorityQueue.run(work('behind'), () => true),
      priorityQueue.run(work('later'), () => isBackground),
      priorityQueue.run(work('third')),
      priorityQueue.run(work('fourth'))
    ]
    await end('')
    t.same(started, ['first', 'second'])
    await end('first')
    await end('second')
    t.same(started, ['first', 'second', 'third', 'fourth'])
    await end('third')
    t.same(started.at(-1), 'behind')
    await end('fourth')
    t.equal(started.length, 5, 'only one background call runs, although a slot is free')
    await end('behind')
    isBackground = false
    await end('later')
    await Promise.all(all)
  }
)

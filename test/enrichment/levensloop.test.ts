import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { buildServer } from '../../src/server.ts'
import { markIn } from '../canary.ts'
import { build, logged, type Built } from '../helper.ts'
import { listen } from '../live/live.ts'
import { eventsAt } from '../live/sse.ts'

const vacature = 'aaaaaaaa-0000-4000-8000-000000000001'
const world = { vacatures: 60, kandidaten: 10 }
/** The feed is followed, and is read only when a test polls. */
const followed = { FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0' }
const fields =
  'levensloop { eersteKeerGezien laatstGewijzigd verwijderdOp reden gewijzigdeVelden sinds bron zekerheid }'
type Leven = {
  eersteKeerGezien: string
  laatstGewijzigd: string | null
  verwijderdOp: string | null
  reden: string | null
  gewijzigdeVelden: string[]
  sinds: string
  bron: string
  zekerheid: string
}

const stateFile = () => join(mkdtempSync(join(tmpdir(), 'state-')), 'state.sqlite')
/** A running clock that can be moved forward. */
const clock = () => {
  let ahead = 0
  return { now: () => Date.now() + ahead, move: (ms: number) => (ahead += ms) }
}
const lifeOf = async ({ query }: Pick<Built, 'query'>, id: string) =>
  ((await query(`{ vacature(id: "${id}") { ${fields} } }`)).data as { vacature: { levensloop: Leven | null } | null })
    .vacature?.levensloop
const idsOf = async ({ query }: Pick<Built, 'query'>) =>
  (
    (await query('{ vacatures(first: 200) { nodes { id } } }')).data as { vacatures: { nodes: { id: string }[] } }
  ).vacatures.nodes.map(({ id }) => id.slice(9))
/** The rows of the list of changes about one vacancy. */
const rowsOf = async ({ query }: Pick<Built, 'query'>, id: string, now: number) => {
  const { data } = await query(
    `query ($van: DateTime!) { vacatureWijzigingen(van: $van, last: 200) { nodes {
      vacatureReferentie { interneReferentie } status filterwaarden { postcode jobdomein } ${fields}
    } } }`,
    { van: new Date(now - 3_600_000).toISOString() }
  )
  const { nodes } = (data as { vacatureWijzigingen: { nodes: Row[] } }).vacatureWijzigingen
  return nodes.filter((row) => row.vacatureReferentie.interneReferentie === id)
}
type Row = {
  vacatureReferentie: { interneReferentie: string }
  status: string
  filterwaarden: { postcode: string | null } | null
  levensloop: Leven | null
}
/** Waits until the gateway has stored what it read from the feed. */
const until = async <T>(read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await read()
    if (isRight(value)) return value
  }
}

test('a levensloop has the instants of the first sight, last change and removal, and the changed fields', async (t) => {
  const { now, move } = clock()
  const gateway = await build(t, { simulator: world, env: followed, now })
  const [id = ''] = await idsOf(gateway)
  const first = await lifeOf(gateway, id)
  t.match(first, {
    laatstGewijzigd: null,
    verwijderdOp: null,
    reden: null,
    gewijzigdeVelden: [],
    bron: 'GELEZEN',
    zekerheid: 'WAARSCHIJNLIJK'
  })
  t.ok(first && first.sinds <= first.eersteKeerGezien)

  move(7_200_000)
  const changedAt = new Date(now()).toISOString()
  await gateway.simulator.patch(`vacatures/${id}`, { aantalJobs: 9, functie: { functieTitel: 'Lasser' } })
  await gateway.poll()
  const changed = await until(
    () => lifeOf(gateway, id),
    (life) => life?.gewijzigdeVelden.length !== 0
  )
  t.strictSame(changed?.gewijzigdeVelden, ['aantalJobs', 'functie', 'versie'])
  t.ok((changed?.laatstGewijzigd ?? '') >= changedAt)
  t.match(changed, { eersteKeerGezien: first?.eersteKeerGezien ?? '', bron: 'FEED', verwijderdOp: null })

  move(7_200_000)
  const removedAt = new Date(now()).toISOString()
  await gateway.simulator.remove(`vacatures/${id}`)
  await gateway.poll()
  t.equal(await lifeOf(gateway, id), undefined, 'VDAB no longer has the vacancy')
  const [row] = await until(
    () => rowsOf(gateway, id, now()),
    (rows) => rows[0]?.levensloop?.verwijderdOp != null
  )
  t.ok((row?.levensloop?.verwijderdOp ?? '') >= removedAt)
  t.equal(row?.levensloop?.reden, row?.status)
  t.ok(row?.filterwaarden, 'the row has the values from before the removal')
})

test('a removal has the values that filters test, in pages and events, and filters still find it', async (t) => {
  const { now, move } = clock()
  const gateway = await build(t, { simulator: world, env: followed, now })
  const { data } = await gateway.query(
    '{ vacatures(first: 200) { nodes { id aantalJobs tewerkstellingsadres { postcode } } } }'
  )
  const { nodes } = (
    data as { vacatures: { nodes: { id: string; tewerkstellingsadres: { postcode?: string } | null }[] } }
  ).vacatures
  const placed = nodes.flatMap(({ id, tewerkstellingsadres: adres }) =>
    adres?.postcode ? [{ id: id.slice(9), postcode: adres.postcode }] : []
  )
  const [one] = placed
  const other = placed.find(({ postcode }) => postcode !== one?.postcode)
  if (!one || !other) throw new Error('the world has two postcodes')
  move(60_000)
  const { cursor } = (await (await gateway.get('/api/vacatures/wijzigingen')).json()) as { cursor: string }
  await gateway.poll()
  const subscription = `subscription ($filter: VacatureFilter) {
    vacatureGewijzigd(filter: $filter) { id soort filterwaarden { postcode } ${fields} } }`
  const filter = { postcode: [other.postcode], sinds: 1 }
  const events = await listen(gateway, { query: subscription, variables: { filter } })
  const stop = new AbortController()
  const stream = eventsAt(`${gateway.url}/api/vacatures/wijzigingen`, { signal: stop.signal })
  await stream.next()
  await stream.next()

  await gateway.simulator.remove(`vacatures/${one.id}`)
  await gateway.simulator.remove(`vacatures/${other.id}`)
  await gateway.poll()
  const received = await events.payload()
  t.match(
    received.data,
    {
      vacatureGewijzigd: {
        id: `Vacature:${other.id}`,
        soort: 'VERWIJDERD',
        filterwaarden: { postcode: other.postcode }
      }
    },
    'the first event is the removal that matches the filter'
  )
  events.stop()

  const seen = new Map<string, unknown>()
  for await (const { event, data } of stream) {
    const { interneReferentie: id, filterwaarden } = (data ?? {}) as Record<string, string>
    if (event === 'wijziging' && id !== undefined) seen.set(id, filterwaarden)
    if (seen.has(one.id) && seen.has(other.id)) break
  }
  stop.abort()
  t.match(seen.get(one.id), { postcode: one.postcode })
  const page = (await (await gateway.get(`/api/vacatures/wijzigingen?sinds=${cursor}`)).json()) as {
    wijzigingen: { interneReferentie: string; filterwaarden?: { postcode: string } }[]
  }
  t.equal(
    page.wijzigingen.find(({ interneReferentie: id }) => id === other.id)?.filterwaarden?.postcode,
    other.postcode
  )
})

test('levenslopen survive a restart; a damaged file is moved aside and rebuilt from the feed', async (t) => {
  const file = stateFile()
  const { now, move } = clock()
  const env = { ...followed, STATE_FILE: file }
  const before = await build(t, { simulator: world, env, now })
  const [id = '', gone = ''] = await idsOf(before)
  const first = await lifeOf(before, id)
  await lifeOf(before, gone)
  await before.query(
    '{ vacatures(first: 60) { nodes { sollicitatieprocedure { contactpersoon { naam email } } } } kandidaten(first: 9) { nodes { natuurlijkPersoon { achternaam } } } }'
  )
  await before.app.close()

  move(3_600_000)
  const after = await build(t, { simulator: world, env, now })
  t.match(await lifeOf(after, id), { eersteKeerGezien: first?.eersteKeerGezien, sinds: first?.sinds })
  t.ok((await rowsOf(after, vacature, now())) !== undefined)
  const config = readConfig({ ...env, VDAB_URL: after.simulator.base, VDAB_API_KEY: 'x', LOG_LEVEL: 'silent' })
  const second = await buildServer(config).then(
    () => [],
    (error: unknown) => (error as { problems: string[] }).problems
  )
  t.strictSame(second, ['STATE_FILE is used by another process of this gateway'], 'two gateways cannot share the file')
  await after.app.close()
  t.ok(readFileSync(file).includes('sollicitatie'), 'the file contains the names of fields')
  t.equal(markIn(readFileSync(file, 'latin1')), undefined, 'the file contains no personal data')

  writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, 2000), Buffer.alloc(30_000, 7)]))
  logged.length = 0
  const rebuilt = await build(t, { simulator: world, env, now })
  t.equal(logged.filter((line) => line.includes('STATE_FILE is damaged')).length, 1)
  t.ok(readdirSync(join(file, '..')).some((name) => name.startsWith('state.sqlite.damaged-')))
  const life = await until(
    () => lifeOf(rebuilt, id),
    (found) => found != null
  )
  t.ok((life?.sinds ?? '') > (first?.sinds ?? ''), 'sinds is the start of the rebuilt history')
})

test('ENRICH_LEVENSLOOP=off and several workers leave the fields null', async (t) => {
  const off = await build(t, { simulator: world, env: { ENRICH_LEVENSLOOP: 'off' } })
  const [id = ''] = await idsOf(off)
  t.equal(await lifeOf(off, id), null)
  logged.length = 0
  const several = await build(t, { simulator: world, env: { WORKERS: '2' } })
  t.equal(await lifeOf(several, id), null)
  t.ok(logged.some((line) => line.includes('WORKERS is more than 1')))
})

import t from 'tap'
import { build } from '../helper.ts'

const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const van = () => new Date(Date.now() - 3_600_000).toISOString()
type Changes = {
  totaal: number
  nodes: { status: string; vacatureReferentie: { interneReferentie: string }; vacature: { versie: number } | null }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}

void t.test('a change appears in the feed with its vacancy, and a removal without', async (t) => {
  const { query, simulator } = await build(t)
  await simulator.patch(`vacatures/${id}`, { aantalJobs: 4 })
  await simulator.remove('vacatures/9d86dbb5-3cba-4ef5-9172-38c0e6782746')
  const found = new Map<string, unknown>()
  for (let after: string | null = null; ;) {
    const { data, errors } = await query(
      'query ($van: DateTime!, $after: String) { vacatureWijzigingen(van: $van, after: $after) { totaal nodes { status vacatureReferentie { interneReferentie } vacature { versie } } pageInfo { hasNextPage endCursor } } }',
      { van: van(), after }
    )
    t.equal(errors, undefined)
    const { nodes, pageInfo } = (data as { vacatureWijzigingen: Changes }).vacatureWijzigingen
    for (const { vacatureReferentie, ...rest } of nodes) found.set(vacatureReferentie.interneReferentie, rest)
    if (!pageInfo.hasNextPage) break
    after = pageInfo.endCursor
  }
  t.same(found.get(id), { status: 'GEPUBLICEERD', vacature: { versie: 1 } })
  t.match(found.get('9d86dbb5-3cba-4ef5-9172-38c0e6782746'), {
    status: /^(NIET_GEPUBLICEERD|AFGESLOTEN)$/,
    vacature: null
  })
})

void t.test('the pages up to now share one time span, however long a reader takes', async (t) => {
  let now = Date.now()
  const { query } = await build(t, { now: () => now })
  const ask = async (after: string | null) =>
    (
      (
        await query(
          'query ($van: DateTime!, $after: String) { vacatureWijzigingen(van: $van, first: 1, after: $after) { totaal pageInfo { hasNextPage endCursor } } }',
          { van: new Date(now - 4 * 86_400_000).toISOString(), after }
        )
      ).data as { vacatureWijzigingen: Changes }
    ).vacatureWijzigingen
  const first = await ask(null)
  const spanOf = (cursor: string) => Buffer.from(cursor, 'base64url').toString().split(':').slice(2).join(':')
  t.equal(spanOf(first.pageInfo.endCursor), new Date(now).toISOString())
  const startedAt = now
  now += 3_600_000
  t.equal(spanOf((await ask(first.pageInfo.endCursor)).pageInfo.endCursor), new Date(startedAt).toISOString())
})

void t.test('the vacancies of a day have their status, and so do removed CVs', async (t) => {
  const { query, simulator } = await build(t)
  const { data, errors } = await query(
    'query ($datum: Date!) { vacaturesInitieel(datum: $datum, first: 50) { totaal nodes { status } } }',
    { datum: new Date().toISOString().slice(0, 10) }
  )
  t.equal(errors, undefined)
  const { totaal, nodes } = (data as { vacaturesInitieel: { totaal: number; nodes: { status: string }[] } })
    .vacaturesInitieel
  t.ok(totaal > 50)
  t.same([...new Set(nodes.map(({ status }) => status))], ['GEPUBLICEERD'])
  await simulator.remove('kandidaten/30dbfef1-59df-4521-a111-964bf0208e68')
  const changes = await query(
    'query ($van: DateTime!) { kandidaatWijzigingen(van: $van, last: 200) { nodes { cvId status kandidaat { id } } } }',
    { van: van() }
  )
  t.match(
    (changes.data as { kandidaatWijzigingen: { nodes: { cvId: string }[] } }).kandidaatWijzigingen.nodes.find(
      ({ cvId }) => cvId === '30dbfef1-59df-4521-a111-964bf0208e68'
    ),
    { kandidaat: null }
  )
})

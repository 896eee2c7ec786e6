import { readFileSync } from 'node:fs'
import t from 'tap'
import { demoClient } from '../../src/simulator/credentials.ts'
import { tokenPath } from '../../src/simulator/token-endpoint.ts'
import { build, vdabKey } from '../helper.ts'
import type { Built } from '../helper.ts'
import { differences, isAboutParameter, withoutDifferences } from './differences.ts'

type Version = 'v2' | 'v4'
type Answer = { status: number; body: unknown }
type Ask = (path: string, init?: { method?: string; body?: string; type?: string }) => Promise<Answer>
type List = { resultaten: { vacatureReferentie: { interneReferentie: string; vdabReferentie?: number } }[] }

const still = { now: () => Date.parse('2026-03-02T10:00:00.000Z') }
const unknown = '00000000-0000-4000-8000-000000000000'
const bases = { v2: '/v2/vacatures', v4: '/vacatures/v4/vacatures' } as const
const lists = [
  ...'jobdomeinen rijbewijzen attesten arbeidsstelsels arbeidsregimes arbeidscontractduren arbeidscontracten'.split(
    ' '
  ),
  ...'softskills competenties sjablonen studieboom talen'.split(' ')
].map((list) => `/v1/${list}`)
const days = { encoded: 'van=2026-02-26T12%3A00%3A00.000Z&tot=2026-03-02T09%3A00%3A00.000Z' }
const raw = decodeURIComponent(days.encoded)

/** The requests that need no value from an earlier answer. */
const questions = (version: Version) => {
  const base = bases[version]
  const velden = version === 'v2' ? 'status' : 'vdabreferentie'
  return [
    `${base}?jobdomein=JOBCAT01&postcode=1930`,
    `${base}?postcode=2000&postcode=9000&velden=${velden}&velden=leverancier&velden=tewerkstellingsgemeente&velden=beroep`,
    `${base}?sorteerveld=PUBLICATIE_DATUM&velden=competentie&velden=beroep&aantal=50`,
    `${base}?filterDubbels=true&vanaf=1990&aantal=10`,
    `${base}?filterDubbels=true&vanaf=1995&aantal=10`,
    `${base}?vanaf=1000000`,
    `${base}?aantal=0`,
    `${base}?aantal=200`,
    `${base}?aantal=201`,
    `${base}?velden=`,
    `${base}?velden=onbekend`,
    `${base}/${unknown}`,
    `${base}/geen-id`,
    `${base}/%E0%A4%A`,
    `${base}/NOT_FOUND-12`,
    `${base}/initial?datum=2026-02-20&aantal=100`,
    `${base}/initial`,
    `${base}/bulk?${days.encoded}&aantal=2000`,
    `${base}/bulk?${raw}&aantal=2000`,
    `${base}/bulk?${raw}&aantal=2001`,
    `${base}/bulk?van=2026-02-26T12:00:00.000Z`,
    `${base}/geen/pad`,
    '/v9/vacatures',
    '/v1/kandidaten?studies=MAE5AHH&gewensteRegios=BE231A',
    '/v1/kandidaten?velden=status&aantal=100',
    `/v1/kandidaten/${unknown}`,
    `/v1/kandidaten/bulk?${raw}`,
    ...lists,
    '/v2/diplomas',
    '/v2/diplomas?trefwoord=handelsingenieur'
  ]
}

const asking =
  (origin: string, headers: Record<string, string>): Ask =>
  async (path, { method = 'GET', body, type = 'application/json' } = {}) => {
    const response = await fetch(`${origin}/services/openservices${path}`, {
      method,
      headers: { accept: 'application/json', ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body })
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? '' : JSON.parse(text) }
  }

type By = 'form' | 'Basic'
const tokenOf = async (by: By, origin: string, clientId: string, secret: string): Promise<string> => {
  const grant = { grant_type: 'client_credentials' }
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
  const response = await fetch(`${origin}${tokenPath}`, {
    method: 'POST',
    headers: by === 'Basic' ? { authorization: basic } : {},
    body: new URLSearchParams(by === 'form' ? { ...grant, client_id: clientId, client_secret: secret } : grant)
  })
  return ((await response.json()) as { access_token: string }).access_token
}

/** The same client against VDAB (the simulator) and against the gateway: only host, key and secret differ. */
const bothOf = async ({ url, simulator }: Built, by: By) => {
  const origin = new URL(simulator.base).origin
  const [theirs, ours] = [
    await tokenOf(by, origin, demoClient.clientId, demoClient.clientSecret),
    await tokenOf(by, url, 'demo-hr', 'demo-hr')
  ]
  return {
    vdab: asking(origin, { 'x-ibm-client-id': vdabKey, authorization: `Bearer ${theirs}` }),
    gateway: asking(url, { 'x-ibm-client-id': 'demo-hr', authorization: `Bearer ${ours}`, 'x-doel': 'a test' })
  }
}

const idsOf = ({ body }: Answer) =>
  (body as List).resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)

for (const spoken of ['v2', 'v4'] as const)
  void t.test(
    `a client gets the same conversation from the gateway as from VDAB, when VDAB speaks ${spoken}`,
    async (t) => {
      const built = await build(t, {
        ...still,
        env: { VDAB_PROFILE: spoken, REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '100000000' },
        simulator: { profile: 'both', vacatures: 2400 }
      })
      for (const version of ['v2', 'v4'] as const) {
        const { vdab, gateway } = await bothOf(built, version === 'v2' ? 'form' : 'Basic')
        const base = bases[version]
        const rows = differences.filter((row) => row.isBetween(version, spoken))
        const same = async (path: string, init: Parameters<Ask>[1] = {}) => {
          const [here, there] = [await gateway(path, init), await vdab(path, init)]
          const title = `${version} over ${spoken}: ${init.method ?? 'GET'} ${path.slice(0, 120)}`
          t.equal(here.status, there.status, title)
          const [mine, theirs] = [here, there].map(({ body }) =>
            withoutDifferences(body, rows, isAboutParameter(here.body))
          )
          t.strictSame(mine, theirs, title)
          return there
        }
        for (const path of questions(version)) await same(path)

        const ids: string[] = []
        for (let vanaf = 0; ; vanaf += 200) {
          const page = idsOf(await same(`${base}?vanaf=${vanaf}&aantal=200&velden=vdabreferentie`))
          if (page.length === 0) break
          ids.push(...page)
        }
        t.ok(ids.length > 1000, 'paging reaches the last page')
        for (const id of ids.slice(0, 60)) await same(`${base}/${id}`)
        for (const id of idsOf(await vdab(`${base}/bulk?${raw}&aantal=2000`))
          .filter((id) => !id.includes('NOT_FOUND'))
          .slice(0, 40))
          await same(`${base}/${id}`)

        const bulk = idsOf(await same(`${base}/bulk?${raw}&aantal=200`))
        const [first = '', second = ''] = ids
        const bodies = [
          { vacatureIds: bulk },
          { vacatureIds: [...bulk.slice(0, 5), 'NOT_FOUND-1', unknown, ...bulk.slice(0, 5)] },
          { ids: [first, first, second] },
          { interneReferenties: ids.slice(0, 200) },
          ids.slice(200, 400),
          [],
          { a: [first], b: [second] },
          {},
          'text',
          ids.slice(0, 201)
        ]
        for (const body of bodies) await same(base, { method: 'POST', body: JSON.stringify(body) })
        await same(base, { method: 'POST', body: '{' })
        await same(base, { method: 'POST', body: 'x', type: 'text/plain' })
        await same(base, { method: 'DELETE' })
      }
      t.strictSame(
        differences.filter((row) => row.isOver(spoken) && !row.isSeen()).map(({ member }) => member),
        [],
        'each difference in the table occurs'
      )
    }
  )

void t.test('a pinned release and the test environment behave like version 4', async (t) => {
  const { url } = await build(t, still)
  const get = asking(url, { 'x-ibm-client-id': 'demo-hr' })
  const { body: expected } = await get('/vacatures/v4/vacatures?aantal=3')
  t.match(expected, { totaalAantalResultaten: Number, aantal: Number })
  for (const path of [
    '/vacatures/v4.2.0/vacatures?aantal=3',
    '-test/vacatures/v4/vacatures?aantal=3',
    '-test/vacatures/v4.1.12/vacatures?aantal=3'
  ])
    t.strictSame((await get(path)).body, expected, path)
  for (const path of ['/vacatures/v5/vacatures', '/vacatures/v4.2/vacatures', '-test/v2/vacatures', '-test/v1/talen'])
    t.equal((await get(path)).status, 404, path)
})

for (const spoken of ['v2', 'v4'] as const)
  void t.test(
    `no version returns personal data to a consumer without the scope, when VDAB speaks ${spoken}`,
    async (t) => {
      const { get } = await build(t, { env: { VDAB_PROFILE: spoken }, simulator: { profile: 'both', vacatures: 300 } })
      for (const base of Object.values(bases)) {
        const path = `/services/openservices${base}`
        const ids = idsOf({
          status: 200,
          body: await (await get(`${path}?aantal=200`, { key: 'demo-frontend' })).json()
        })
        for (const id of ids.slice(0, 80)) {
          // `get` checks the response for personal data that the scopes of the key do not open
          const answer = await get(`${path}/${id}`, { key: 'demo-frontend' })
          const { sollicitatieprocedure: { contactpersoon = {}, ...others } = {} } = (await answer.json()) as {
            sollicitatieprocedure?: { contactpersoon?: object }
          }
          t.strictSame([contactpersoon, 'sollicitatieAdres' in others], [{}, false])
        }
      }
    }
  )

void t.test('an unknown parameter is refused with the closest match, or dropped if a setting says so', async (t) => {
  const { get } = await build(t, still)
  const loose = await build(t, { ...still, env: { OPENSERVICES_STRICT: 'false' } })
  const v2 = '/services/openservices/v2/vacatures'
  for (const [given, meant] of [
    ['offset', 'vanaf'],
    ['limit', 'aantal'],
    ['page_size', 'aantal'],
    ['postcodes', 'postcode'],
    ['jobdomeinen', 'jobdomein'],
    ['sorteerVeld', 'sorteerveld']
  ] as const) {
    const answer = await get(`${v2}?aantal=2&${given}=1`)
    t.equal(answer.status, 400)
    t.match(await answer.json(), { field: given, moreInformation: `did you mean ${meant}?` })
    t.equal((await loose.get(`${v2}?aantal=2&${given}=1`)).status, 200, given)
  }
  t.match(await (await get(`${v2}?xyzzy=1`)).json(), { moreInformation: /^xyzzy is not a parameter here; allowed/ })
  const v4 = '/services/openservices/vacatures/v4/vacatures?aantal=2'
  t.strictSame(await (await get(`${v4}&offset=20`)).json(), await (await get(v4)).json(), 'version 4 ignores it')
})

void t.test("VDAB's paths state the consumer's own rate limit, the first time and later", async (t) => {
  const { url } = await build(t, { env: { REQUESTS_PER_MINUTE: '3' } })
  const path = `${url}/services/openservices/vacatures/v4/vacatures?aantal=1`
  const seen = async () => {
    const { status, headers } = await fetch(path, { headers: { 'x-ibm-client-id': 'demo-frontend' } })
    return [status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]
  }
  for (const left of [2, 1, 0]) t.strictSame(await seen(), [200, 'name=default,3;', `name=default,${left};`])
  t.strictSame(await seen(), [429, 'name=default,3;', 'name=default,0;'])
})

void t.test('the how-to lists the differences that this test excludes', (t) => {
  t.ok(differences.length > 5)
  t.match(readFileSync(new URL('../../docs/how-to/move-a-vdab-client.md', import.meta.url), 'utf8'), /## Differences/)
  t.end()
})

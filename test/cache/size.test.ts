import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createCached } from '../../src/cache/cached.ts'
import { createMemoryTier } from '../../src/cache/memory.ts'
import { createPolicies } from '../../src/vdab/policies.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import type { EndpointName } from '../../src/upstream/endpoints.ts'

type Json = Readonly<Record<string, unknown>>

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void // defined once the flag is set
const held = () => {
  for (let again = 0; again < 4; again += 1) collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const simulator = createSimulator({ vacatures: 1200, kandidaten: 300 })
const base = await simulator.listen()
t.teardown(() => simulator.close())
const ask = async (path: string): Promise<string> =>
  (await fetch(`${base}/openservices/${path}`, { headers: { 'x-ibm-client-id': 'test' } })).text()
const itemsOf = async (path: string) => (JSON.parse(await ask(path)) as { resultaten: Json[] }).resultaten
const textsOf = async (page: string, idOf: (item: Json) => unknown, detail: string) =>
  Promise.all(
    (await itemsOf(page)).map(async (item) =>
      (await ask(`${detail}/${String(idOf(item))}`)).replaceAll(String(idOf(item)), '{id}')
    )
  )

const numberOf = (index: number) => index.toString(16).padStart(8, '0')
const internal = (item: Json) => (item['vacatureReferentie'] as Json)['interneReferentie'] // the simulator sets the id of every record
const kinds: readonly { what: string; name: EndpointName; count: number; texts: readonly string[] }[] = [
  {
    what: 'vacancies',
    name: 'vacature',
    count: 8000,
    texts: await textsOf('v2/vacatures?aantal=200', internal, 'v2/vacatures')
  },
  {
    what: 'CVs',
    name: 'kandidaat',
    count: 8000,
    texts: await textsOf('v1/kandidaten?aantal=200', ({ cvId }) => cvId, 'v1/kandidaten')
  },
  {
    what: 'pages of a search',
    name: 'vacatures',
    count: 2000,
    texts: await Promise.all(
      [0, 20, 40].map(async (vanaf) =>
        (await ask(`v2/vacatures?aantal=20&vanaf=${vanaf}`)).replace(/-[0-9a-f]{4}-[0-9a-f]{12}"/g, '-{at}"')
      )
    )
  },
  {
    what: 'pages with velden',
    name: 'vacatures',
    count: 2000,
    texts: [
      (
        await ask(
          'v2/vacatures?aantal=20&velden=status&velden=vdabreferentie&velden=leverancier&velden=tewerkstellingsgemeente&velden=beroep'
        )
      ).replace(/-[0-9a-f]{4}-[0-9a-f]{12}"/g, '-{at}"')
    ]
  },
  {
    what: 'reference lists',
    name: 'talen',
    count: 200,
    texts: [
      JSON.stringify(
        Array.from({ length: 600 }, (_, index) => ({
          code: `{id}-${index}`,
          beschrijving: `De beschrijving van code ${index} in {id}`
        }))
      )
    ]
  },
  { what: 'absences', name: 'vacature', count: 20_000, texts: ['null'] }
]

for (const { what, name, count, texts } of kinds) {
  for (const openBytes of [0, 256 * 1024 * 1024]) {
    void t.test(
      `the counted bytes for ${what} are within a quarter of the heap, with ${openBytes === 0 ? 'none' : 'all'} of them as objects`,
      async (t) => {
        const { policyOf } = createPolicies({ settings: {}, isFollowed: () => false })
        // as in production: from one answer with others, which contains a character beyond latin1
        const parse = (index: number): unknown =>
          (
            JSON.parse(
              `["•",${(texts[index % texts.length] ?? '').replaceAll('{id}', `${numberOf(index)}-68d3-4fb7-aa35-c36e96ede172`).replaceAll('{at}', `aa35-${index.toString(16).padStart(12, '0')}`)}]`
            ) as unknown[]
          )[1]
        const fill = async (cached: ReturnType<typeof createCached>, from: number, to: number) => {
          for (let index = from; index < to; index += 1)
            await cached.get(`${name} ${numberOf(index)}-68d3-4fb7-aa35-c36e96ede172`, policyOf(name), async () =>
              parse(index)
            )
        }
        const cached = createCached({ tier: createMemoryTier({ maxBytes: 512 * 1024 * 1024 }), openBytes })
        await fill(cached, 0, 100)
        const before = held()
        const { bytes } = cached.size()
        await fill(cached, 100, count)
        const grown = held() - before
        const counted = cached.size().bytes - bytes
        t.equal(cached.size().items, count)
        t.ok(
          counted / grown > 0.75 && counted / grown < 1.25,
          `counted ${(counted / count).toFixed(0)} bytes each, the heap grew by ${(grown / count).toFixed(0)}: ${(counted / grown).toFixed(2)}`
        )
      }
    )
  }
}

import { createSimulator } from '../src/simulator/server.ts'

type Json = Record<string, unknown>

const perQuestion = 200
const sizes = [2048, 2560, 3072, 3584, 4096]

/** The record with its description extended to the length of VDAB's own: 2 to 4 KB, each size in turn. */
const grown = (record: Json, index: number): Json => {
  const functie = (record['functie'] ?? {}) as Json // the simulator's records have it as an object
  const text =
    typeof functie['omschrijving'] === 'string'
      ? functie['omschrijving']
      : 'Je werkt in een hecht team, dicht bij huis. '
  const missing = Math.max(0, (sizes[index % sizes.length] ?? 0) - JSON.stringify(record).length)
  return {
    ...record,
    functie: {
      ...functie,
      omschrijving: (text + text.repeat(Math.ceil(missing / text.length))).slice(0, text.length + missing)
    }
  }
}

/** Longer texts that end in a bullet character, which makes V8 use two bytes per character. */
const bulleted = (_: string, value: unknown) => (typeof value === 'string' && value.length > 12 ? `${value}•` : value)

/** Answers as received, by kind: texts that each contain their id once, as `{id}`. */
export type Samples = Readonly<Record<string, readonly string[]>>

const idIn = ({ vacatureReferentie, cvId }: Json) => String(cvId ?? (vacatureReferentie as Json)['interneReferentie']) // the simulator gives every record one

/** Fetches the simulator's records of each kind: `count` vacancies, and fewer of larger kinds. */
export const takeSamples = async (count: number): Promise<Samples> => {
  const simulator = createSimulator({ vacatures: count * 2, kandidaten: 500, date: '2026-03-01' })
  const base = await simulator.listen()
  const ask = async (path: string, body?: unknown) => {
    const headers = { 'x-ibm-client-id': 'bench', 'content-type': 'application/json' }
    const answer = await fetch(`${base}/openservices/${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
    })
    return (await answer.json()) as { resultaten: Json[] } // the simulator's envelope
  }
  const asText = (record: Json) => JSON.stringify(record).replace(idIn(record), '{id}')

  const vacancies: string[] = []
  for (let vanaf = 0; vacancies.length < count; vanaf += perQuestion) {
    const { resultaten } = await ask(`v2/vacatures?aantal=${perQuestion}&vanaf=${vanaf}`)
    const details = await ask('v2/vacatures', { vacatureIds: resultaten.map(idIn) })
    vacancies.push(...details.resultaten.map((record, index) => asText(grown(record, index))))
  }
  const cvs: string[] = []
  for (const row of (await ask(`v1/kandidaten?aantal=${perQuestion}`)).resultaten)
    cvs.push(asText(await ask(`v1/kandidaten/${idIn(row)}`))) // a detail has no envelope
  const page = async (path: string) => [JSON.stringify({ ...(await ask(path)), key: '{id}' })]
  const samples = {
    vacature: vacancies.slice(0, count),
    'vacature with bullets': vacancies.slice(0, count).map((text) => JSON.stringify(JSON.parse(text), bulleted)),
    kandidaat: cvs,
    'search of 50 ids': await page('v2/vacatures?aantal=50'),
    'search of 50, 5 velden': await page(
      'v2/vacatures?aantal=50&velden=status&velden=vdabreferentie&velden=leverancier&velden=tewerkstellingsgemeente&velden=beroep'
    ),
    'initial of 2,000': await page('v2/vacatures/initial?datum=2026-02-28&aantal=2000'),
    'list of 600 codes': [
      JSON.stringify(
        Array.from({ length: 600 }, (_, index) => ({
          code: `code-${index}-{id}`,
          beschrijving: `De beschrijving van code ${index}`
        }))
      )
    ],
    'list of 500 places': [
      JSON.stringify({
        key: '{id}',
        places: Array.from({ length: 500 }, (_, index) => ({ latitude: 50 + index / 997, longitude: 3 + index / 991 }))
      })
    ],
    'list of empty members': [JSON.stringify({ key: '{id}', members: Array.from({ length: 500 }, () => [{}, []]) })],
    'known absence': ['null']
  }
  await simulator.close()
  return samples
}

import { endpoint } from '../endpoints.ts'
import type { EndpointName } from '../endpoints.ts'
import { lijsten } from '../lijsten.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import { must, need, jsonOf } from './assert.ts'
import type { Item, World } from './world.ts'

const readRows = async ({ ask }: World, name: EndpointName, query: Readonly<Record<string, string>> = {}) => {
  const json = jsonOf(await ask(name, { query }))
  must(Array.isArray(json), 'the answer is not a list')
  return json.map((row: unknown) => {
    must(
      isJsonObject(row) && typeof row['code'] === 'string' && typeof row['beschrijving'] === 'string',
      'a row holds no code or no beschrijving'
    )
    return { code: row['code'], beschrijving: row['beschrijving'] }
  })
}

const checkTrefwoord = async (world: World) => {
  const all = await readRows(world, 'diplomas').catch(() => [])
  const wanted = all.at(-1)
  need(all.length > 1 && wanted !== undefined, 'no diploma to look for')
  const found = await readRows(world, 'diplomas', { trefwoord: wanted.beschrijving })
  must(
    found.some(({ code }) => code === wanted.code),
    'a diploma is not found by its own beschrijving'
  )
  must(JSON.stringify(found) !== JSON.stringify(all), 'trefwoord is ignored')
}

const names: readonly EndpointName[] = Object.values(lijsten).flatMap((row) =>
  'endpoint' in row ? [row.endpoint] : []
)

/** The requirements for the reference lists: one for each list of VDAB. */
export const referentieItems: readonly Item[] = [
  ...names.map((name): Item => ({
    id: `lijst-${name}`,
    name: `MUST answer ${endpoint(name).path} with a list of {code, beschrijving}`,
    run: async (world) => {
      must((await readRows(world, name)).length > 0, 'the list is empty')
    }
  })),
  { id: 'diplomas-trefwoord', name: 'MUST search diplomas by trefwoord', run: checkTrefwoord }
]

import { wasDelivered } from '../velden.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import { must, mustAll, need, readEnvelope } from './assert.ts'
import type { JsonRecord } from './assert.ts'
import { nouns, unknownId } from './world.ts'
import type { Item, World } from './world.ts'

const { vacature } = nouns
const dayMs = 86_400_000

const hasVereisten = (items: readonly JsonRecord[]) =>
  items.some(({ profiel }) => isJsonObject(profiel) && Array.isArray(profiel['vereisten']))

const velden: readonly { veld: string; path: string; isDelivered?: (items: readonly JsonRecord[]) => boolean }[] = [
  { veld: 'status', path: 'status' },
  { veld: 'vdabreferentie', path: 'vacatureReferentie.vdabReferentie' },
  { veld: 'leverancier', path: 'leverancier' },
  { veld: 'tewerkstellingsgemeente', path: 'tewerkstellingsadres' },
  { veld: 'beroep', path: 'functie.beroepsprofiel' },
  // The gateway never sends this value itself, but passes it on for REST clients.
  { veld: 'competentie', path: 'profiel.vereisten', isDelivered: hasVereisten }
]

const postItems = async ({ ask, settings: { postField } }: World, ids: readonly string[]) => {
  const { items } = readEnvelope(await ask('vacaturesOpId', { body: postField === '[]' ? ids : { [postField]: ids } }))
  return { items, found: items.map((item) => vacature.idOf(item)?.toLowerCase()) }
}

const checkVeld = async ({ ask, settings }: World, { veld, isDelivered }: (typeof velden)[number]) => {
  need(isDelivered !== undefined || settings.velden.includes(veld), 'VDAB_VELDEN leaves it out')
  const { items } = readEnvelope(await ask('vacatures', { query: { aantal: '50', velden: veld } }))
  need(items.length > 0, 'no hit')
  must((isDelivered ?? ((sent) => wasDelivered(veld, sent)))(items), 'no item carries what it should bring')
}

/** The requirements that apply to vacancies only. */
export const vacatureItems: readonly Item[] = [
  ...velden.map((row): Item => ({
    id: `vacatures-velden-${row.veld}`,
    name: `MUST add ${row.path} to search items for velden=${row.veld}`,
    run: (world) => checkVeld(world, row)
  })),
  {
    id: 'vacatures-post',
    name: 'MUST answer POST with VDAB_POST_FIELD with the details asked for, each under its interneReferentie',
    run: async (world) => {
      const ids = await world.hits(vacature, 3)
      const { items, found } = await postItems(world, ids)
      mustAll(ids, (id) => found.includes(id.toLowerCase()), 'a requested detail is missing in the answer')
      must(
        items.some((item) => Object.keys(item).length > 1),
        'the answer holds ids without details'
      )
    }
  },
  {
    id: 'vacatures-post-unknown',
    name: 'MUST leave unknown ids out of the answer to POST',
    run: async (world) => {
      const [id = ''] = await world.hits(vacature, 1)
      const { found } = await postItems(world, [unknownId, id])
      must(found.includes(id.toLowerCase()), 'the known vacancy is missing in the answer')
      must(found.length === 1, 'the answer holds more than the known vacancy')
    }
  },
  {
    id: 'vacatures-initial',
    name: 'MUST take datum and answer what stood published on that day, each with its status',
    run: async ({ ask, now }) => {
      const { items } = readEnvelope(
        await ask('vacaturesInitial', {
          query: { datum: new Date(now() - dayMs).toISOString().slice(0, 10), aantal: '50' }
        })
      )
      need(items.length > 0, 'nothing stood published yesterday')
      mustAll(items, (item) => vacature.idOf(item) !== undefined, 'a row holds no vacatureReferentie.interneReferentie')
      mustAll(items, ({ status }) => status === 'GEPUBLICEERD', 'a row has another status than GEPUBLICEERD')
    }
  }
]

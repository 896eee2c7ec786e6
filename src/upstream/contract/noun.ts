import { saysUnknown } from '../failures.ts'
import { must, mustAll, need, readEnvelope } from './assert.ts'
import { unknownId } from './world.ts'
import type { Item, ContractNoun, World } from './world.ts'

const dayMs = 86_400_000
const widestWindowDays = 5
const pageSize = 4
// On the live system, a new record between two queries shifts all offsets by one.
const tries = 3

const whyNotOffset = (index: number) =>
  index === 0 ? 'vanaf is ignored' : index === 2 ? 'vanaf counts pages, not items' : 'the pages do not follow one order'

const page = async ({ ask }: World, { search, idOf }: ContractNoun, vanaf: number, aantal: number) => {
  const answer = readEnvelope(await ask(search, { query: { vanaf: String(vanaf), aantal: String(aantal) } }))
  return { aantal: answer.aantal, length: answer.items.length, ids: answer.items.flatMap((item) => idOf(item) ?? []) }
}

const checkOffset = async (world: World, noun: ContractNoun) => {
  let problem = ''
  for (let left = tries; left > 0; left -= 1) {
    const first = await page(world, noun, 0, pageSize)
    need(first.aantal >= 2 * pageSize && first.ids.length === pageSize, `fewer than ${2 * pageSize} hits`)
    const moved = await page(world, noun, 1, pageSize)
    const second = await page(world, noun, pageSize, pageSize)
    const index = first.ids.indexOf(moved.ids[0] ?? '')
    problem =
      index !== 1 ? whyNotOffset(index) : second.ids.some((id) => first.ids.includes(id)) ? 'page 2 repeats page 1' : ''
    if (problem === '') return
  }
  must(false, problem)
}

const checkUnknown = async (world: World, noun: ContractNoun, id: string) => {
  await world.needDetail(noun)
  const { status, text } = await world.ask(noun.detail, { id })
  must(status < 200 || status >= 300, `status ${status}, as if there were such a record`)
  must(saysUnknown(status, text), `neither status ${status} nor the text says that the record does not exist`)
}

const checkBulk = async ({ ask, now, settings: { bulkMaxDays } }: World, { bulk, idOf, idField }: ContractNoun) => {
  const tot = now()
  const van = tot - Math.min(bulkMaxDays, widestWindowDays) * dayMs
  const { items } = readEnvelope(
    await ask(bulk, { query: { van: new Date(van).toISOString(), tot: new Date(tot).toISOString(), aantal: '50' } })
  )
  need(items.length > 0, 'nothing has changed in the last days')
  mustAll(items, (item) => idOf(item) !== undefined, `a row holds no ${idField}`)
  mustAll(items, ({ status }) => typeof status === 'string', 'a row holds no status')
}

/** The requirements that apply to vacancies and CVs alike. */
export const nounItems = (noun: ContractNoun): Item[] => [
  {
    id: `${noun.search}-envelope`,
    name: `MUST answer a search for ${noun.search} with {aantal, resultaten}`,
    run: async (world) => {
      await page(world, noun, 0, pageSize)
    }
  },
  {
    id: `${noun.search}-id`,
    name: `MUST give every found ${noun.detail} its ${noun.idField}`,
    run: async (world) => {
      const { length, ids } = await page(world, noun, 0, pageSize)
      need(length > 0, 'no hit')
      must(ids.length === length, `an item holds no ${noun.idField}`)
      mustAll(ids, (id) => world.settings.idPattern.test(id), 'an id does not look as VDAB_ID_PATTERN says')
      must(new Set(ids).size === length, 'two items hold the same id')
    }
  },
  {
    id: `${noun.search}-total`,
    name: `MUST take aantal as the size of a page of ${noun.search} and answer with the total`,
    run: async (world) => {
      await world.hits(noun, 2)
      const { aantal, length } = await page(world, noun, 0, 1)
      must(length === 1, 'the page is not as long as was asked')
      must(aantal > 1, 'aantal is the length of the page, not the total')
    }
  },
  {
    id: `${noun.search}-offset`,
    name: `MUST take vanaf as an offset in items, so that page 2 of ${noun.search} differs from page 1`,
    run: (world) => checkOffset(world, noun)
  },
  {
    id: `${noun.detail}-detail`,
    name: `MUST tell a ${noun.detail} by its ${noun.idField}`,
    run: async (world) => {
      await world.hits(noun, 1)
      must(await world.isAnswered(noun), `the answer does not hold the ${noun.idField} that was asked for`)
    }
  },
  {
    id: `${noun.detail}-unknown`,
    name: `MUST let an unknown ${noun.detail} be recognised`,
    run: (world) => checkUnknown(world, noun, unknownId)
  },
  {
    id: `${noun.detail}-malformed`,
    name: `MUST let a malformed id of a ${noun.detail} be recognised`,
    run: (world) => checkUnknown(world, noun, 'not-an-id')
  },
  {
    id: `${noun.search}-bulk`,
    name: `MUST take van and tot and answer what changed in ${noun.search}, each with its status`,
    run: (world) => checkBulk(world, noun)
  }
]

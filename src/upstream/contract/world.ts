import type { ReachedVdab } from '../credentials/index.ts'
import type { DetailName, PageName } from '../endpoints.ts'
import { kandidaatId, vacatureId } from '../records.ts'
import type { Ask } from './ask.ts'
import { isJsonObject } from '../../formats/exactJson.ts'
import { need, readEnvelope, jsonOf } from './assert.ts'
import type { JsonRecord } from './assert.ts'

/** A type of record with its three endpoints: search, detail and feed of changes. */
export type ContractNoun = {
  readonly search: PageName
  readonly detail: DetailName
  readonly bulk: PageName
  readonly idField: string
  readonly idOf: (record: JsonRecord) => string | undefined
}

export const nouns = {
  vacature: {
    search: 'vacatures',
    detail: 'vacature',
    bulk: 'vacaturesBulk',
    idField: 'vacatureReferentie.interneReferentie',
    idOf: vacatureId
  },
  kandidaat: { search: 'kandidaten', detail: 'kandidaat', bulk: 'kandidatenBulk', idField: 'cvId', idOf: kandidaatId }
} as const satisfies Record<string, ContractNoun>

/** One requirement. `run` throws Failed or Skipped, and returns when VDAB meets it. */
export type Item = {
  readonly id: string
  readonly name: `MUST ${string}` | `SHOULD ${string}`
  readonly run: (world: World) => Promise<void>
}

/** A valid id that no vacancy and no CV has. */
export const unknownId = '00000000-0000-4000-8000-000000000000'

const perNoun = <T>(find: (noun: ContractNoun) => Promise<T>) => {
  const found = new Map<ContractNoun, Promise<T>>()
  return (noun: ContractNoun): Promise<T> => {
    const known = found.get(noun) ?? find(noun)
    found.set(noun, known)
    return known
  }
}

type Dependencies = { ask: Ask; settings: ReachedVdab; now?: () => number }

/**
 * The state shared by the requirements: the client, the settings, and a few existing ids, which are fetched once.
 * Records are not stored.
 */
export const createWorld = ({ ask, settings, now = Date.now }: Dependencies) => {
  const found = perNoun(async ({ search, idOf }) =>
    readEnvelope(await ask(search, { query: { aantal: '10' } })).items.flatMap((item) => idOf(item) ?? [])
  )

  const hits = async (noun: ContractNoun, count: number): Promise<readonly string[]> => {
    const ids = await found(noun).catch(() => [])
    need(ids.length >= count, ids.length === 0 ? 'no hit to ask for' : `fewer than ${count} hits`)
    return ids.slice(0, count)
  }

  /** Fetches one hit: does the answer have the requested id? */
  const isAnswered = perNoun(async (noun) => {
    const [id = ''] = await hits(noun, 1)
    const record = jsonOf(await ask(noun.detail, { id }))
    return isJsonObject(record) && noun.idOf(record)?.toLowerCase() === id.toLowerCase()
  })

  return {
    ask,
    settings,
    now,
    hits,
    isAnswered,
    /** Skips when a known id has no valid response either, since an unknown id could then not be distinguished. */
    needDetail: async (noun: ContractNoun) => {
      need(await isAnswered(noun).catch(() => false), 'no known id was answered, so nothing can be compared')
    },
    /** Skips when VDAB also refuses the right key. */
    needEntry: async () => {
      need(
        await found(nouns.vacature).then(
          () => true,
          () => false
        ),
        'the right key is refused too'
      )
    }
  }
}

export type World = ReturnType<typeof createWorld>

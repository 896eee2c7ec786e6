import type { Config } from '../../config/index.ts'
import type { DetailName, PageName } from '../endpoints.ts'
import { kandidaatId, vacatureId } from '../records.ts'
import type { AskEndpoint } from './ask.ts'
import { isObject, readEnvelope, parseAnswer } from './read.ts'
import type { JsonObject } from './read.ts'
import { need } from './verdict.ts'

/** What VDAB searches, tells one by one, and reports the changes of. */
export type NounEndpoints = {
  readonly search: PageName
  readonly detail: DetailName
  readonly bulk: PageName
  readonly idField: string
  readonly idOf: (record: JsonObject) => string | undefined
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
} as const satisfies Record<string, NounEndpoints>

/** One requirement. `run` throws Failed or Skipped, or returns when all is as it must be. */
export type Item = {
  readonly id: string
  readonly name: `MUST ${string}`
  readonly run: (world: World) => Promise<void>
}

/** No vacancy and no CV has this id. */
export const unknownId = '00000000-0000-4000-8000-000000000000'

const perNoun = <T>(find: (noun: NounEndpoints) => Promise<T>) => {
  const found = new Map<NounEndpoints, Promise<T>>()
  return (noun: NounEndpoints): Promise<T> => {
    const known = found.get(noun) ?? find(noun)
    found.set(noun, known)
    return known
  }
}

/**
 * What the requirements share: a way to ask, the settings, and a few ids of what exists, so that each of these is asked
 * for once. Of a record nothing is kept but whether it was told.
 */
export const createWorld = ({
  ask,
  settings,
  now = Date.now
}: {
  ask: AskEndpoint
  settings: Config['vdab']
  now?: () => number
}) => {
  const found = perNoun(async ({ search, idOf }) =>
    readEnvelope(await ask(search, { query: { aantal: '10' } })).items.flatMap((item) => idOf(item) ?? [])
  )

  const hits = async (noun: NounEndpoints, count: number): Promise<readonly string[]> => {
    const ids = await found(noun).catch(() => [])
    need(ids.length >= count, ids.length === 0 ? 'no hit to ask for' : `fewer than ${count} hits`)
    return ids.slice(0, count)
  }

  /** Asks for one hit: is it told under the id that was asked for? */
  const telling = perNoun(async (noun) => {
    const [id = ''] = await hits(noun, 1)
    const record = parseAnswer(await ask(noun.detail, { id }))
    return isObject(record) && noun.idOf(record)?.toLowerCase() === id.toLowerCase()
  })

  return {
    ask,
    settings,
    now,
    hits,
    telling,
    /** Skips where a known id is not told either: an unknown one could not be told apart. */
    needDetail: async (noun: NounEndpoints) => {
      need(await telling(noun).catch(() => false), 'no known id was told, so nothing can be compared')
    },
    /** Skips where the key that should be let in is not. */
    needEntry: async () => {
      need(
        await found(nouns.vacature).then(
          () => true,
          () => false
        ),
        'the right key is not let in either'
      )
    }
  }
}

export type World = ReturnType<typeof createWorld>

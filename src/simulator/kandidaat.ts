import { DAY, dateOf, dayAt } from './calendar.ts'
import { diplomas } from './codes.ts'
import type { Noun } from './collection.ts'
import type { Facets } from './columns.ts'
import { documentedKandidaten, unlistedKandidaten } from './documented-kandidaten.ts'
import { createIdentity } from './identity.ts'
import { createKandidaatRecord, withoutUnknown } from './kandidaat-record.ts'
import { landmarks } from './landmarks.ts'
import { createDice, type Dice } from './random.ts'
import { complete, isTree, listAt, textAt, type Tree } from './tree.ts'

/** The values by which a CV can be found; they are drawn before the rest of the record. */
export type KandidaatCore = {
  extent: 'everything' | 'plain' | 'mixed' | 'bare'
  studies: string[]
  regios: string[]
  status: string
  /** ms, in order: created, changed, closed */
  moments: number[]
}

const asDocumented = [...documentedKandidaten, ...unlistedKandidaten]
const everything = asDocumented.length
const bare = asDocumented.length + 1

/** The minimum number of CVs. */
export const fewestKandidaten = asDocumented.length + 2

const knownStudies = diplomas.map(([code]) => code)
// MAN1NOO and the letter suffixes of most regions are in no list.
const studyCodes = [...knownStudies, 'MAN1NOO', 'MAE5AHH', 'MAE5AHH']
const regionCodes = [
  'BE1',
  'BE21',
  'BE211',
  'BE212',
  'BE213',
  'BE22',
  'BE221',
  'BE23',
  'BE231A',
  'BE231B',
  'BE234',
  'BE234B',
  'BE24',
  'BE241A',
  'BE241B',
  'BE242',
  'BE25',
  'BE251',
  'BE254',
  'BE3'
]
const knownRegions = regionCodes.filter((code) => code === 'BE231A' || !/[AB]$/.test(code))
const codesOf = (list: readonly unknown[]) => list.flatMap((code) => (typeof code === 'string' ? [code] : []))

const drawExtent = (dice: Dice, index: number): KandidaatCore['extent'] => {
  if (index === everything) return 'everything'
  return index === bare || dice.chance(0.02) ? 'bare' : 'mixed'
}

const createCore =
  (seed: number, today: number, plain: boolean) =>
  (index: number): KandidaatCore => {
    const dice = createDice(seed, index, 11)
    const created = today - Math.floor(dice.roll() ** 2 * 365)
    const momentOn = (day: number) => day * DAY + dice.below(day === today ? 60 : 86_400) * 1000
    const first = momentOn(created)
    const second = dice.chance(0.4) ? Math.max(first, momentOn(dice.between(created, today))) : first
    const moments = [...new Set([first, second])]
    const open = index <= bare || dice.chance(0.92)
    const extent = plain ? 'plain' : drawExtent(dice, index)
    if (extent === 'bare') return { extent, studies: [], regios: [], status: open ? 'OPEN' : 'GESLOTEN', moments }
    const isFull = extent !== 'mixed'
    const studies = dice.some(plain ? knownStudies : studyCodes, isFull ? 3 : dice.below(4))
    const regios = dice.some(plain ? knownRegions : regionCodes, isFull ? 6 : dice.below(6))
    // The documented search finds seven CVs, so no generated CV may have both this diploma and this region.
    const taken = studies.includes('MAE5AHH')
    return {
      extent,
      studies,
      regios: taken ? regios.filter((regio) => regio !== 'BE231A') : regios,
      status: open ? 'OPEN' : 'GESLOTEN',
      moments
    }
  }

type Options = { seed: number; count: number; today: number; plain: boolean }

/**
 * The CVs of a world: the documented ones, the landmarks, then those generated from the seed. In the plain world the
 * documented ones get their missing members, and lose empty competences and unknown codes.
 */
export const createKandidaten = ({ seed, count, today, plain }: Options): Noun => {
  const identity = createIdentity(seed, 2, count)
  const core = createCore(seed, today, plain)
  const recordOf = createKandidaatRecord(seed)
  const fixedIds = [
    ...asDocumented.flatMap((record) => textAt(record, 'cvId')),
    landmarks.kandidaatMetAlles,
    landmarks.kandidaatMetBijnaNiets
  ]
  const idOf = (index: number) => fixedIds[index] ?? identity.idOf(index)
  const indexOf = (id: string) => {
    const known = fixedIds.indexOf(id.toLowerCase())
    if (known !== -1) return known
    // The documented records have their own ids.
    const index = identity.indexOf(id)
    return index < fixedIds.length ? -1 : index
  }
  const isListed = (index: number) => index < documentedKandidaten.length || index >= asDocumented.length
  const documented = asDocumented.map((record, index) =>
    plain ? complete(withoutUnknown(record), recordOf(index, idOf(index), core(index))) : record
  )

  const read = (record: Tree, at: number, index: number): Facets => {
    const status = textAt(record, 'status')[0] ?? 'OPEN'
    return {
      codes: {
        studies: codesOf(
          listAt(record, 'opleidingen')
            .filter(isTree)
            .map(({ naam }) => naam)
        ),
        gewensteRegios: codesOf(listAt(record, 'gewensteJob.regios'))
      },
      status,
      searchable: status === 'OPEN' && isListed(index),
      duplicate: false,
      published: dayAt(at),
      einde: Infinity,
      changed: at
    }
  }

  const momentsOf = (index: number) => {
    const [date] = documented.slice(index, index + 1).flatMap((record) => textAt(record, 'wijzigingsDatum'))
    return date === undefined ? core(index).moments : [Date.parse(`${date}T00:00:00.000Z`)]
  }

  const facets = (index: number): Facets => {
    const changed = momentsOf(index).at(-1) ?? 0
    const record = documented[index]
    if (record !== undefined) return read(record, changed, index)
    const { studies, regios, status } = core(index)
    const codes = { studies, gewensteRegios: regios }
    return {
      codes,
      status,
      searchable: status === 'OPEN',
      duplicate: false,
      published: dayAt(changed),
      einde: Infinity,
      changed
    }
  }

  return {
    count,
    filters: { studies: 4, gewensteRegios: 8 },
    idOf,
    indexOf,
    generate: (index) => documented[index] ?? recordOf(index, idOf(index), core(index)),
    facets,
    momentsOf,
    facetsOf: read,
    stamped: (record, at) => ({ ...record, wijzigingsDatum: dateOf(dayAt(at)) }),
    removedStatus: 'GESLOTEN'
  }
}

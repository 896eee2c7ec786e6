import type { VdabRecord } from '../../upstream/records.ts'
import { codeOf, itemsOf, memberOf } from '../values.ts'
import { aanwezigIn, gevraagdDoor, overlapOf, regionsAround, sharedParts } from './overlap.ts'
import type { Gevraagd, Overlap } from './overlap.ts'

/** The parameters of a search at VDAB. */
type Search = Readonly<Record<string, readonly string[]>>

/** What VDAB takes as a code in a search. */
const searchable = /^[\w.-]{1,64}$/
/** The functions of a CV that are searched; more would make the address of a call long. */
const maxBeroepen = 10

const codesFor = (codes: readonly string[]) => [...new Set(codes.filter((code) => searchable.test(code)))]

/** The filters of VDAB's search for vacancies that take the codes of a list. */
const filters: Readonly<Record<string, string>> = {
  JOBDOMEINEN: 'jobdomein',
  ERVARING: 'ervaring',
  SJABLONEN: 'beroep',
  COMPETENTIES: 'competentie'
}

/** Sorts by the number of shared parts, most first; equals stay in VDAB's order. */
const sorted = <T extends Overlap>(items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, shared: sharedParts(item) }))
    .sort((one, other) => other.shared - one.shared)
    .map(({ item }) => item)

/**
 * The ties between vacancies and CVs: their overlap, and the searches at VDAB that find records to compare. What a
 * vacancy asks is computed once for each record; nothing of a CV is kept.
 */
export const createPassend = () => {
  const known = new WeakMap<VdabRecord, Gevraagd>()
  const gevraagd = (vacature: VdabRecord): Gevraagd => {
    const found = known.get(vacature) ?? gevraagdDoor(vacature)
    known.set(vacature, found)
    return found
  }
  return {
    overlap: (vacature: VdabRecord, kandidaat: VdabRecord): Overlap =>
      overlapOf(gevraagd(vacature), aanwezigIn(kandidaat)),
    sorted,
    /** The search for candidates for a vacancy: by region and studies; undefined when it has neither. */
    kandidatenVoor: (vacature: VdabRecord): Search | undefined => {
      const { regio, studies } = gevraagd(vacature)
      const gewensteRegios = regio.flatMap(({ code }) => regionsAround(code))
      const asked = codesFor(studies.map(({ code }) => code))
      if (gewensteRegios.length + asked.length === 0) return undefined
      return {
        ...(gewensteRegios.length > 0 ? { gewensteRegios } : {}),
        ...(asked.length > 0 ? { studies: asked } : {})
      }
    },
    /** The search for vacancies for a CV: by the occupations of the wished functions; undefined when it has none. */
    vacaturesVoor: (kandidaat: VdabRecord): Search | undefined => {
      const functies = itemsOf(memberOf(kandidaat['gewensteJob'], 'functies'))
      const codes = functies.flatMap((functie) => codeOf(memberOf(functie, 'beroepsprofiel'))?.code ?? [])
      const beroep = codesFor(codes).slice(0, maxBeroepen)
      return beroep.length === 0 ? undefined : { beroep }
    },
    /** The search for the vacancies of a code; undefined when VDAB has no filter for its list. */
    vacaturesVan: (lijst: unknown, code: unknown): Search | undefined => {
      const name = typeof lijst === 'string' && Object.hasOwn(filters, lijst) ? filters[lijst] : undefined
      return name === undefined || typeof code !== 'string' || !searchable.test(code) ? undefined : { [name]: [code] }
    }
  }
}

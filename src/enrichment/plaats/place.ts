import type { Address } from './address.ts'
import type { Gemeente, Gemeenten } from './gemeenten.ts'
import { properName } from './names.ts'
import type { Postcodes, Punt } from './postcodes.ts'
import { provincieOfPostcode, provincieOfRegio } from './provincies.ts'

/** The place of a record, as the type Plaats of the schema. */
export type Plaats = {
  readonly nisCode: string | null
  readonly gemeente: string | null
  readonly postcode: string | null
  readonly provincie: string | null
  readonly coordinaten: Punt | null
  readonly precisie: 'COORDINATEN' | 'POSTCODE' | 'GEMEENTE' | 'PROVINCIE' | 'REGIO' | 'ONBEKEND'
  readonly bron: 'VDAB' | 'GELEERD' | 'GEONAMES'
  readonly zekerheid: 'ZEKER' | 'WAARSCHIJNLIJK' | 'ONZEKER'
}

type Tables = { gemeenten: Gemeenten; postcodes: Postcodes }

/** The province of an address: by its postcode, else by VDAB's code of the region. */
export const provincieOfAddress = ({ isBelgian, postcode, regio }: Address): string | undefined =>
  isBelgian ? (provincieOfPostcode(postcode) ?? provincieOfRegio(regio)) : undefined

/** The municipality of an address by its name. The province distinguishes municipalities with the same name. */
export const gemeenteOf = (address: Address, gemeenten: Gemeenten): Gemeente | undefined =>
  address.isBelgian && address.gemeente !== undefined
    ? gemeenten.find(address.gemeente, provincieOfAddress(address))
    : undefined

/** The point: VDAB's coordinates, else the median of the postcode, else the centre of the municipality. */
const locate = (
  punt: Punt | undefined,
  postcode: string | undefined,
  gemeente: Gemeente | undefined,
  at: Postcodes
) => {
  if (punt) return { coordinaten: punt, precisie: 'COORDINATEN', bron: 'VDAB' } as const
  const median = postcode === undefined ? undefined : at.medianOf(postcode)
  if (median) return { coordinaten: median, precisie: 'POSTCODE', bron: 'GELEERD' } as const
  const centrum = gemeente?.centrum
  return centrum && ({ coordinaten: centrum, precisie: 'GEMEENTE', bron: 'GEONAMES' } as const)
}

/** The most precise level that the fields of a place without coordinates give. */
const levelOf = (postcode: string | undefined, gemeente: string | undefined, { regio }: Address) => {
  if (postcode !== undefined) return 'POSTCODE'
  if (gemeente !== undefined) return 'GEMEENTE'
  if (regio === undefined) return 'ONBEKEND'
  return /^BE(2|3)\d$/.test(regio) ? 'PROVINCIE' : 'REGIO'
}

/**
 * The place of an address. `precisie` is the level of `coordinaten`, or without them that of the most precise other
 * field. Nothing is guessed: a value that is in neither VDAB's data nor a table is null.
 */
export const placeOf = (address: Address, { gemeenten, postcodes }: Tables): Plaats => {
  const { isBelgian, namesCountry } = address
  const named = gemeenteOf(address, gemeenten)
  const learned =
    isBelgian && address.gemeente === undefined && address.postcode !== undefined
      ? postcodes.gemeenteOf(address.postcode)
      : undefined
  const gemeente = named ?? learned
  const learnedCode = address.postcode === undefined && named ? postcodes.onlyPostcodeOf(named) : undefined
  const postcode = address.postcode ?? learnedCode
  const name = gemeente?.gemeente ?? (address.gemeente === undefined ? undefined : properName(address.gemeente))
  const found = locate(address.punt, postcode, gemeente, postcodes)
  const isLearned = learned !== undefined || learnedCode !== undefined
  const isUnknownName = isBelgian && address.gemeente !== undefined && !named
  return {
    nisCode: gemeente?.nisCode ?? null,
    gemeente: name ?? null,
    postcode: postcode ?? null,
    provincie: gemeente?.provincie ?? provincieOfAddress(address) ?? null,
    coordinaten: found?.coordinaten ?? null,
    precisie: found?.precisie ?? levelOf(postcode, name, address),
    bron: found?.bron ?? (isLearned ? 'GELEERD' : 'VDAB'),
    zekerheid:
      isUnknownName || !namesCountry ? 'ONZEKER' : isLearned || found?.bron === 'GELEERD' ? 'WAARSCHIJNLIJK' : 'ZEKER'
  }
}

/** The place of a person: only the province, even if the address contains more. Undefined if it has no province. */
export const provincePlaceOf = (address: Address, gemeenten: Gemeenten): Plaats | undefined => {
  const provincie = gemeenteOf(address, gemeenten)?.provincie ?? provincieOfAddress(address)
  return provincie === undefined
    ? undefined
    : {
        ...{ nisCode: null, gemeente: null, postcode: null, coordinaten: null },
        provincie,
        precisie: 'PROVINCIE',
        bron: 'VDAB',
        zekerheid: address.namesCountry ? 'ZEKER' : 'WAARSCHIJNLIJK'
      }
}

import { lijsten } from '../upstream/lijsten.ts'

/**
 * The first postcodes of the Belgian provinces and of Brussels (bpost), each valid up to the next, with their NUTS
 * codes.
 */
const postcodes: readonly (readonly [number, string])[] = [
  [1000, 'BE1'],
  [1300, 'BE31'],
  [1500, 'BE24'],
  [2000, 'BE21'],
  [3000, 'BE24'],
  [3500, 'BE22'],
  [4000, 'BE33'],
  [5000, 'BE35'],
  [6000, 'BE32'],
  [6600, 'BE34'],
  [7000, 'BE32'],
  [8000, 'BE25'],
  [9000, 'BE23']
]
const labels = new Map(lijsten.REGIOS.items.map(({ code, beschrijving }) => [code, beschrijving]))

/**
 * The province of an address in the form of version 4: with its code if the address has a region, otherwise only its
 * label, from the postcode. Undefined for an address abroad, or without both.
 */
export const provincieOf = (adres: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined => {
  const { regioCode: regio, postcode, landCode = 'BE' } = adres
  if (typeof regio === 'string' && regio.startsWith('BE')) {
    const code = regio.startsWith('BE1') ? 'BE1' : regio.slice(0, 4)
    const label = labels.get(code)
    return label === undefined ? undefined : { code, label }
  }
  if (landCode !== 'BE' || typeof postcode !== 'string' || !/^[1-9]\d{3}$/.test(postcode)) return undefined
  const [, code = ''] = postcodes.findLast(([first]) => first <= Number(postcode)) ?? []
  const label = labels.get(code)
  return label === undefined ? undefined : { label }
}

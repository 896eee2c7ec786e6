import type { EndpointName } from './endpoints.ts'

/** A row of a reference list, as VDAB sends it (upstream.md §4). */
export type LijstItem = { readonly code: string; readonly beschrijving: string }
type Lijst = { readonly endpoint: EndpointName } | { readonly items: readonly LijstItem[] }

const items = (table: Readonly<Record<string, string>>) =>
  Object.entries(table).map(([code, beschrijving]) => ({ code, beschrijving }))

/** VDAB has no list for these codes; the labels are from its website (§4) [strong]. */
const ervaring = items({
  0: 'Niet van belang',
  1: 'Geen ervaring',
  2: 'Beperkte ervaring ( < 2 jaar )',
  3: 'Minstens 2 jaar ervaring',
  4: 'Minstens 5 jaar ervaring'
})

/**
 * NUTS codes of Eurostat, and the one region with a letter suffix that VDAB documents (§4); other suffixes have no
 * label.
 */
const regios = items({
  BE1: 'Brussels Hoofdstedelijk Gewest',
  BE2: 'Vlaams Gewest',
  BE3: 'Waals Gewest',
  BE21: 'Provincie Antwerpen',
  BE211: 'Arr. Antwerpen',
  BE212: 'Arr. Mechelen',
  BE213: 'Arr. Turnhout',
  BE22: 'Provincie Limburg',
  BE221: 'Arr. Hasselt',
  BE222: 'Arr. Maaseik',
  BE223: 'Arr. Tongeren',
  BE23: 'Provincie Oost-Vlaanderen',
  BE231: 'Arr. Aalst',
  BE231A: 'Regio Aalst',
  BE232: 'Arr. Dendermonde',
  BE233: 'Arr. Eeklo',
  BE234: 'Arr. Gent',
  BE235: 'Arr. Oudenaarde',
  BE236: 'Arr. Sint-Niklaas',
  BE24: 'Provincie Vlaams-Brabant',
  BE241: 'Arr. Halle-Vilvoorde',
  BE242: 'Arr. Leuven',
  BE25: 'Provincie West-Vlaanderen',
  BE251: 'Arr. Brugge',
  BE252: 'Arr. Diksmuide',
  BE253: 'Arr. Ieper',
  BE254: 'Arr. Kortrijk',
  BE255: 'Arr. Oostende',
  BE256: 'Arr. Roeselare',
  BE257: 'Arr. Tielt',
  BE258: 'Arr. Veurne',
  BE31: 'Provincie Waals-Brabant',
  BE32: 'Provincie Henegouwen',
  BE33: 'Provincie Luik',
  BE34: 'Provincie Luxemburg',
  BE35: 'Provincie Namen'
})

/** The source of each Referentielijst of the schema: an endpoint of VDAB, or a table here if VDAB has none. */
export const lijsten = {
  JOBDOMEINEN: { endpoint: 'jobdomeinen' },
  DIPLOMAS: { endpoint: 'diplomas' },
  RIJBEWIJZEN: { endpoint: 'rijbewijzen' },
  ATTESTEN: { endpoint: 'attesten' },
  ARBEIDSSTELSELS: { endpoint: 'arbeidsstelsels' },
  ARBEIDSREGIMES: { endpoint: 'arbeidsregimes' },
  ARBEIDSCONTRACTDUREN: { endpoint: 'arbeidscontractduren' },
  ARBEIDSCONTRACTEN: { endpoint: 'arbeidscontracten' },
  SOFTSKILLS: { endpoint: 'softskills' },
  COMPETENTIES: { endpoint: 'competenties' },
  SJABLONEN: { endpoint: 'sjablonen' },
  STUDIEBOOM: { endpoint: 'studieboom' },
  TALEN: { endpoint: 'talen' },
  ERVARING: { items: ervaring },
  REGIOS: { items: regios }
} as const satisfies Record<string, Lijst>

export type LijstName = keyof typeof lijsten

/** Is this the name of a list? */
export const isLijst = (name: string): name is LijstName => Object.hasOwn(lijsten, name)

/** The documented JOBCAT codes (§4): a search with one of them needs no look-up. */
export const knownJobdomeinen: readonly string[] = Array.from(
  { length: 24 },
  (_, index) => `JOBCAT${String(index + 1).padStart(2, '0')}`
)

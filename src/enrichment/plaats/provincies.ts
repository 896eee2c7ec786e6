type Span = readonly [least: number, most: number, provincie: string]
const brussel = 'Brussels Hoofdstedelijk Gewest'

// bpost's numbering: the first digits of a postcode give the province. Source: bpost, "Postcodes"; general knowledge.
const ofPostcode: readonly Span[] = [
  [1000, 1299, brussel],
  [1300, 1499, 'Waals-Brabant'],
  [1500, 1999, 'Vlaams-Brabant'],
  // Zwijndrecht and Burcht changed province with the merger of 2025
  [2070, 2070, 'Oost-Vlaanderen'],
  [2000, 2999, 'Antwerpen'],
  [3000, 3499, 'Vlaams-Brabant'],
  [3500, 3999, 'Limburg'],
  [4000, 4999, 'Luik'],
  [5000, 5999, 'Namen'],
  [6000, 6599, 'Henegouwen'],
  [6600, 6999, 'Luxemburg'],
  [7000, 7999, 'Henegouwen'],
  [8000, 8999, 'West-Vlaanderen'],
  [9000, 9999, 'Oost-Vlaanderen']
]

// Statbel's REFNIS: the first two digits of a NIS code are the arrondissement.
const ofNis: readonly Span[] = [
  [11, 13, 'Antwerpen'],
  [21, 21, brussel],
  [23, 24, 'Vlaams-Brabant'],
  [25, 25, 'Waals-Brabant'],
  [31, 38, 'West-Vlaanderen'],
  [41, 46, 'Oost-Vlaanderen'],
  [51, 58, 'Henegouwen'],
  [61, 64, 'Luik'],
  [71, 73, 'Limburg'],
  [81, 85, 'Luxemburg'],
  [91, 93, 'Namen']
]

// VDAB's region codes are Eurostat's NUTS codes (upstream.md §4): level 2, and level 1 for Brussels.
const ofNuts: Readonly<Record<string, string>> = {
  BE10: brussel,
  BE21: 'Antwerpen',
  BE22: 'Limburg',
  BE23: 'Oost-Vlaanderen',
  BE24: 'Vlaams-Brabant',
  BE25: 'West-Vlaanderen',
  BE31: 'Waals-Brabant',
  BE32: 'Henegouwen',
  BE33: 'Luik',
  BE34: 'Luxemburg',
  BE35: 'Namen'
}

const within = (spans: readonly Span[], value: number) =>
  spans.find(([least, most]) => value >= least && value <= most)?.[2]

/** The province of a postcode; for Brussels, which is in no province, the region. */
export const provincieOfPostcode = (postcode: string | undefined) =>
  postcode === undefined ? undefined : within(ofPostcode, Number(postcode))

/** The province of a municipality. */
export const provincieOfNis = (nisCode: string) => within(ofNis, Number(nisCode.slice(0, 2)))

/** The province of a region of VDAB, e.g. `BE231A`; none for a region that is larger than a province. */
export const provincieOfRegio = (code: string | undefined) =>
  code?.startsWith('BE1') ? brussel : ofNuts[code?.slice(0, 4) ?? '']

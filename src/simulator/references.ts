import * as codes from './codes.ts'
import type { CodeTable } from './codes.ts'
import * as competent from './competent.ts'

const lists: { readonly [path: string]: CodeTable } = {
  'v1/jobdomeinen': codes.jobdomeinen,
  'v2/diplomas': codes.diplomas,
  'v1/rijbewijzen': codes.rijbewijzen,
  'v1/attesten': codes.attesten,
  'v1/arbeidsstelsels': codes.arbeidsstelsels,
  'v1/arbeidsregimes': codes.arbeidsregimes,
  'v1/arbeidscontractduren': codes.arbeidscontractduren,
  'v1/arbeidscontracten': codes.arbeidscontracten,
  'v1/softskills': codes.softskills,
  'v1/competenties': [...competent.competenties, ...competent.oudeCompetenties],
  'v1/sjablonen': [...competent.beroepsprofielen, ...competent.beroepen],
  'v1/studieboom': codes.studieboom,
  'v1/talen': codes.talen
}

const bestMatches = 10

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()

// The rank of a match, from a full code to words that occur anywhere; Infinity means no match.
const distance = (trefwoord: string, code: string, label: string) => {
  if (code === trefwoord) return 0
  if (label === trefwoord) return 1
  if (code.startsWith(trefwoord)) return 2
  if (label.startsWith(trefwoord)) return 3
  if (label.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(trefwoord))) return 4
  if (label.includes(trefwoord) || code.includes(trefwoord)) return 5
  return trefwoord.split(/\s+/).every((word) => label.includes(word) || code.includes(word)) ? 6 : Infinity
}

const matching = (table: CodeTable, trefwoord: string) =>
  table
    .map((row) => ({ row, distance: distance(trefwoord, plain(row[0]), plain(row[1])) }))
    .filter((match) => match.distance < Infinity)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, bestMatches)
    .map((match) => match.row)

const answer = (table: CodeTable) => table.map(([code, beschrijving]) => ({ code, beschrijving }))

/**
 * The reference lists: a path, and its response as a bare list of `{ code, beschrijving }`. Only diplomas support
 * `trefwoord`.
 */
export const references = Object.entries(lists).map(([path, table]) => ({
  path,
  list: (query: URLSearchParams) => {
    const trefwoord = path === 'v2/diplomas' ? plain(query.get('trefwoord') ?? '') : ''
    return answer(trefwoord === '' ? table : matching(table, trefwoord))
  }
}))

import { readFileSync } from 'node:fs'
import { ConfigError } from '../../errors.ts'

const zekerheden = ['ZEKER', 'WAARSCHIJNLIJK', 'ONZEKER'] as const
export type BeroepZekerheid = (typeof zekerheden)[number]

/** The row of the table for a code of VDAB. */
export type BeroepRow = {
  readonly rome: string | undefined
  readonly isco: string | undefined
  readonly escoUri: string | undefined
  readonly zekerheid: BeroepZekerheid
}
/** The rows by code in lower case. */
export type Beroepen = ReadonlyMap<string, BeroepRow>

const name = 'BEROEPEN_FILE'
/** A message with more problems would hide the first ones. */
const maxProblems = 10

type Column = { readonly form: RegExp; readonly allowed: string }
const columns = {
  code: { form: /^[\w.-]{1,64}$/, allowed: 'a code of VDAB like M140201-1, or a UUID of Competent 2' },
  rome: { form: /^[A-N]\d{4}$/, allowed: 'a letter from A to N and 4 digits like M1402, or nothing' },
  isco: { form: /^\d{1,4}$/, allowed: '1 to 4 digits like 2421, or nothing' },
  escoUri: {
    form: /^https?:\/\/data\.europa\.eu\/esco\/(?:occupation|isco)\/[\w.-]+$/,
    allowed: 'an address like http://data.europa.eu/esco/occupation/… , or nothing'
  },
  zekerheid: { form: new RegExp(`^(?:${zekerheden.join('|')})$`), allowed: `${zekerheden.join(', ')}, or nothing` }
} as const satisfies Record<string, Column>
type Name = keyof typeof columns
const names = Object.keys(columns) as Name[] // the keys of the table are its names

const isName = (text: string): text is Name => Object.hasOwn(columns, text)

const readHeader = (line: string): readonly Name[] => {
  const header = line.split(',').map((cell) => cell.trim())
  const known = header.filter(isName)
  if (known.length !== header.length || new Set(known).size !== known.length || !known.includes('code'))
    throw new ConfigError([`${name}: line 1 must name columns, code among them; allowed: ${names.join(', ')}`])
  return known
}

/** The cells of a line by column, or the problem of the line. */
const readLine = (line: string, header: readonly Name[]): Partial<Record<Name, string>> | string => {
  const cells = line.split(',').map((cell) => cell.trim())
  if (cells.length !== header.length) return `must have ${header.length} cells, apart by commas and without quotes`
  const row: Partial<Record<Name, string>> = {}
  for (const [index, column] of header.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '' && column !== 'code') continue
    const { form, allowed } = columns[column]
    if (!form.test(cell)) return `has a wrong ${column}; allowed: ${allowed}`
    row[column] = cell
  }
  return row
}

/** Parses a table in CSV. Throws ConfigError with the invalid lines and the allowed values. */
const parseTable = (text: string): Beroepen => {
  const [first = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const header = readHeader(first)
  const rows = new Map<string, BeroepRow>()
  const problems: string[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const row = readLine(line, header)
    const key = typeof row === 'string' ? undefined : row.code?.toLowerCase()
    const problem = typeof row === 'string' ? row : key !== undefined && rows.has(key) ? 'repeats a code' : undefined
    if (problem !== undefined) problems.push(`${name}: line ${index + 2} ${problem}`)
    if (typeof row === 'string' || key === undefined || problem !== undefined) continue
    const { rome, isco, escoUri, zekerheid } = row
    // The pattern of the column allows no other value.
    rows.set(key, { rome, isco, escoUri, zekerheid: (zekerheid as BeroepZekerheid | undefined) ?? 'WAARSCHIJNLIJK' })
  }
  if (problems.length > maxProblems)
    problems.splice(maxProblems, Infinity, `${name}: ${problems.length - maxProblems} other lines are wrong`)
  if (problems.length > 0) throw new ConfigError(problems)
  return rows
}

/**
 * Reads the table of BEROEPEN_FILE: CSV with a header, `code,rome,isco,escoUri,zekerheid`, of which `code` is required.
 * Returns undefined if the file cannot be read. Throws ConfigError with the line numbers of invalid rows.
 */
export const readBeroepen = (path: string): Beroepen | undefined => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  return parseTable(text)
}

import type { VdabRecord } from '../../upstream/records.ts'
import { codeOf, memberOf } from '../values.ts'
import { readBeroepen } from './table.ts'
import type { Beroepen, BeroepZekerheid } from './table.ts'

/** A code of an occupation, as the type Beroepscode of the schema. */
export type Beroepscode = {
  readonly code: string
  readonly zekerheid: BeroepZekerheid
  readonly bron: 'VDAB' | 'COMPETENT' | 'TABEL'
}
/** The codes of an occupation, as the type Beroep of the schema. */
export type Beroep = Readonly<Record<'competent' | 'rome' | 'isco' | 'escoUri', Beroepscode | null>>

/** A code of Competent 1: a ROME code (a letter and 4 digits), 2 digits that Competent adds, and a number. */
const competentOne = /^([A-N]\d{4})\d{2}-\d+$/

/** The ROME code in a code of Competent 1 (`M140201-1`: `M1402`); undefined for a UUID of Competent 2. */
const romeIn = (code: string): string | undefined => competentOne.exec(code.toUpperCase())?.[1]

const beroepOf = (code: string, table: Beroepen | undefined): Beroep => {
  const row = table?.get(code.toLowerCase())
  const listed = (value: string | undefined): Beroepscode | null =>
    row && value !== undefined ? { code: value, zekerheid: row.zekerheid, bron: 'TABEL' } : null
  const rome = romeIn(code)
  return {
    competent: { code, zekerheid: 'ZEKER', bron: 'VDAB' },
    rome: rome === undefined ? listed(row?.rome) : { code: rome, zekerheid: 'ZEKER', bron: 'COMPETENT' },
    isco: listed(row?.isco),
    escoUri: listed(row?.escoUri)
  }
}

type Dependencies = { beroepenFile: string | undefined; warn: (message: string) => void }

/**
 * Adds codes of other classifications to VDAB's occupations. They are computed once for each record or part of a
 * record. Each has its own objects, because a part of a CV is personal data. Throws ConfigError if the table is
 * invalid; logs one warning if it cannot be read.
 */
export const createBeroepen = ({ beroepenFile, warn }: Dependencies) => {
  const table = beroepenFile === undefined ? undefined : readBeroepen(beroepenFile)
  if (beroepenFile !== undefined && table === undefined)
    warn('BEROEPEN_FILE names a file that cannot be read: `beroep` has no ISCO and no ESCO.')
  const known = new WeakMap<object, Beroep | null>()
  const ofProfiel = (holder: VdabRecord, profiel: unknown): Beroep | null => {
    const found = known.get(holder)
    if (found !== undefined) return found
    const code = codeOf(profiel)?.code
    const beroep = code === undefined ? null : beroepOf(code, table)
    known.set(holder, beroep)
    return beroep
  }
  return {
    /** The occupation of a vacancy; null if VDAB sends no code. */
    ofVacature: (record: VdabRecord) => ofProfiel(record, memberOf(record['functie'], 'beroepsprofiel')),
    /** The occupation of a function that a person is looking for; null if VDAB sends no code. */
    ofFunctie: (functie: VdabRecord) => ofProfiel(functie, functie['beroepsprofiel'])
  }
}

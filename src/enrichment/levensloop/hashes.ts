import { hash } from 'node:crypto'
import { exactJson } from '../../formats/exactJson.ts'
import type { State } from '../../state/database.ts'
import type { Kept } from '../../state/kept.ts'
import type { VdabRecord } from '../../upstream/records.ts'

const hexDigits = 8
const hashBytes = hexDigits / 2
const entryBytes = 1 + hashBytes
const maxMembers = 250

type Dependencies = { state: State; kept: Kept; secret: () => string }

/**
 * Hashes of the top-level members of a record: for each member, one byte with its number and 4 bytes of hash, in the
 * order of the numbers. Two different texts have the same hash once in 4 billion times. The hashes are salted, so that
 * nobody can find the text of a contact person by its hash.
 */
export const createHashes = ({ state, kept, secret }: Dependencies) => {
  state.define('CREATE TABLE IF NOT EXISTS leden (nr INTEGER PRIMARY KEY, naam TEXT NOT NULL UNIQUE)')
  const salt = kept.get('levensloop.zout') ?? secret()
  kept.set('levensloop.zout', salt)
  const names = new Map<number, string>()
  const numbers = new Map<string, number>()
  const note = (nr: number, naam: string) => {
    names.set(nr, naam)
    numbers.set(naam, nr)
  }
  for (const { nr, naam } of state.all('SELECT nr, naam FROM leden')) note(Number(nr), String(naam))

  const numberOf = (naam: string): number | undefined => {
    const known = numbers.get(naam)
    if (known !== undefined || names.size >= maxMembers) return known
    const nr = names.size
    state.run('INSERT INTO leden VALUES (?, ?)', nr, naam)
    note(nr, naam)
    return nr
  }
  const entriesOf = (hashes: Uint8Array) => {
    const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length)
    const entries = new Map<number, number>()
    for (let at = 0; at < bytes.length; at += entryBytes) entries.set(bytes[at] ?? 0, bytes.readUInt32BE(at + 1))
    return entries
  }

  return {
    /** The hashes of the members of a record that have a value. */
    of: (record: VdabRecord): Uint8Array => {
      const found = Object.keys(record)
        .flatMap((naam) => {
          const nr = record[naam] == null ? undefined : numberOf(naam)
          return nr === undefined ? [] : [{ naam, nr }]
        })
        .sort((one, other) => one.nr - other.nr)
      const bytes = Buffer.alloc(found.length * entryBytes)
      for (const [index, { naam, nr }] of found.entries()) {
        bytes[index * entryBytes] = nr
        const text = hash('sha1', `${salt}${exactJson.stringify(record[naam])}`, 'hex')
        bytes.write(text.slice(0, hexDigits), index * entryBytes + 1, 'hex')
      }
      return bytes
    },
    /** The names of the members that changed, were added or were removed, in alphabetical order. */
    changed: (before: Uint8Array, now: Uint8Array): readonly string[] => {
      const [old, fresh] = [entriesOf(before), entriesOf(now)]
      return [...new Set([...old.keys(), ...fresh.keys()])]
        .filter((nr) => old.get(nr) !== fresh.get(nr))
        .flatMap((nr) => names.get(nr) ?? [])
        .sort()
    }
  }
}

export type Hashes = ReturnType<typeof createHashes>

import type { StateRow, State } from '../../state/database.ts'
import type { Leven, Waarden } from './leven.ts'

const table = `
  CREATE TABLE IF NOT EXISTS levens (
    id TEXT PRIMARY KEY, gezien INTEGER NOT NULL, gewijzigd INTEGER, verwijderd INTEGER, reden TEXT,
    velden TEXT NOT NULL, hashes BLOB, gelezen INTEGER, waarden TEXT NOT NULL, waardenSinds INTEGER,
    bron TEXT NOT NULL, aangeraakt INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS levensOud ON levens (verwijderd IS NULL, aangeraakt)`
const write = `
  INSERT INTO levens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET gezien = excluded.gezien, gewijzigd = excluded.gewijzigd,
    verwijderd = excluded.verwijderd, reden = excluded.reden, velden = excluded.velden, hashes = excluded.hashes,
    gelezen = excluded.gelezen, waarden = excluded.waarden, waardenSinds = excluded.waardenSinds,
    bron = excluded.bron, aangeraakt = excluded.aangeraakt`
const forget = `
  DELETE FROM levens WHERE rowid IN
    (SELECT rowid FROM levens ORDER BY verwijderd IS NULL, aangeraakt LIMIT ?)`
const slack = 100

const numberOf = (value: StateRow[string] | undefined) => (value == null ? undefined : Number(value))
const textOf = (value: StateRow[string] | undefined) => (typeof value === 'string' ? value : undefined)

const toLeven = (row: StateRow): Leven => ({
  gezien: Number(row['gezien']),
  gewijzigd: numberOf(row['gewijzigd']),
  verwijderd: numberOf(row['verwijderd']),
  reden: textOf(row['reden']),
  velden: JSON.parse(String(row['velden'])) as string[], // written below
  hashes: row['hashes'] instanceof Uint8Array ? row['hashes'] : undefined,
  gelezen: numberOf(row['gelezen']),
  waarden: JSON.parse(String(row['waarden'])) as Waarden[], // written below
  waardenSinds: numberOf(row['waardenSinds']),
  bron: row['bron'] === 'FEED' ? 'FEED' : 'GELEZEN',
  aangeraakt: Number(row['aangeraakt'])
})

/** Levenslopen in the database, at most `max`. Above it, deletes removed vacancies first, then the oldest ones. */
export const createRows = ({ state, max }: { state: State; max: number }) => {
  state.define(table)
  let count = Number(state.get('SELECT count(*) AS n FROM levens')?.['n'])

  const put = (id: string, leven: Leven) => {
    const { gezien, gewijzigd, verwijderd, reden, velden, hashes, gelezen, waarden, waardenSinds, bron } = leven
    state.run(
      write,
      ...[id, gezien, gewijzigd ?? null, verwijderd ?? null, reden ?? null, JSON.stringify(velden), hashes ?? null],
      ...[gelezen ?? null, JSON.stringify(waarden), waardenSinds ?? null, bron, leven.aangeraakt]
    )
  }

  return {
    count: () => count,
    get: (id: string): Leven | undefined => {
      const row = state.get('SELECT * FROM levens WHERE id = ?', id)
      return row && toLeven(row)
    },
    /** Writes levenslopen, in the transaction of the caller. */
    putAll: (lives: ReadonlyMap<string, Leven>) => {
      for (const [id, leven] of lives) put(id, leven)
      count += lives.size
      if (count <= max + slack) return
      count = Number(state.get('SELECT count(*) AS n FROM levens')?.['n']) // some rows existed already
      if (count > max) count -= state.run(forget, count - max)
    },
    clear: () => {
      state.run('DELETE FROM levens')
      count = 0
    }
  }
}

export type Rows = ReturnType<typeof createRows>

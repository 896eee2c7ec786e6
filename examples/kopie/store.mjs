import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import sqlite from 'node-sqlite3-wasm'

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const lookAgainMs = 5
const patienceMs = 10_000
/** What comes next needs the claim, and nothing else happens in this process yet. */
const sleep = (ms) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** What a process has written of itself: '' while it claims, more once it has won; undefined when it has given way. */
const stateIn = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * One process for each file: a second one is refused, what a killed one left behind is taken over. Each makes a file of its
 * own, by its number, before it looks for those of others: of two at the same instant one at least sees the other. No process
 * touches what belongs to a living one, for between a look at a file that all share and its removal it may be another's.
 */
const claim = (path) => {
  const fileOf = (pid) => `${path}.${pid}.pid`
  const own = fileOf(process.pid)
  const release = () => {
    rmSync(own, { force: true })
  }
  const name = basename(path)
  const pidOf = (other) => (other.startsWith(name) ? Number(/^\.(\d+)\.pid$/.exec(other.slice(name.length))?.[1]) : NaN)
  const until = Date.now() + patienceMs
  writeFileSync(own, '')
  try {
    const others = readdirSync(dirname(path))
      .map(pidOf)
      .filter((pid) => pid > 0 && pid !== process.pid)
    for (const pid of others) {
      for (let state = stateIn(fileOf(pid)); state !== undefined && isAlive(pid); state = stateIn(fileOf(pid))) {
        // Of those that start together the lowest goes on: the others see it and give way, unless one has won before.
        if (pid < process.pid || state !== '' || Date.now() > until)
          throw new Error(`${path} is kept by process ${pid}`)
        sleep(lookAgainMs)
      }
    }
    writeFileSync(own, 'open')
    for (const pid of others) if (!isAlive(pid)) rmSync(fileOf(pid), { force: true })
    // The library locks by making a folder, which stays when its process is killed in a transaction.
    rmSync(`${path}.lock`, { recursive: true, force: true })
  } catch (error) {
    release()
    throw error
  }
  return release
}

const tables = `
  CREATE TABLE IF NOT EXISTS vacatures (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS nieuw (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uitgesteld (id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS stand (naam TEXT PRIMARY KEY, waarde TEXT NOT NULL) WITHOUT ROWID;
`

/**
 * The copy in a SQLite file. Whatever changes, changes together with the place up to which it is known, in one transaction:
 * a process that is killed at any moment goes on from there.
 *
 * vacatures   the copy: VDAB's JSON by interneReferentie
 * nieuw       an export on its way in, which takes the place of `vacatures` once it is whole
 * uitgesteld  vacancies that could not be fetched, and are asked for again
 * stand       `cursor`: where the changes go on; `export`: where the export on its way in goes on
 */
export const openStore = (path) => {
  const release = claim(path)
  const database = new sqlite.Database(path)
  database.exec('PRAGMA busy_timeout = 10000')
  database.exec(tables)

  const together = (work) => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
  const forEach = (sql, rows) => {
    const statement = database.prepare(sql)
    try {
      for (const row of rows) statement.run(row)
    } finally {
      statement.finalize()
    }
  }
  const read = (name) => {
    const row = database.get('SELECT waarde FROM stand WHERE naam = ?', name)
    return row ? JSON.parse(row.waarde) : undefined
  }
  const write = (name, value) => {
    if (value === undefined) database.run('DELETE FROM stand WHERE naam = ?', name)
    else database.run('INSERT OR REPLACE INTO stand VALUES (?, ?)', [name, JSON.stringify(value)])
  }
  const defer = (ids) => {
    forEach(
      'INSERT OR IGNORE INTO uitgesteld VALUES (?)',
      ids.map((id) => [id])
    )
  }

  return {
    /** Where the changes go on; undefined = there is no whole copy. */
    cursor: () => read('cursor'),
    count: () => Number(database.get('SELECT count(*) AS aantal FROM vacatures').aantal),
    /** Some of those that are to be asked for again. */
    putOff: (most) => database.all('SELECT id FROM uitgesteld LIMIT ?', most).map(({ id }) => id),

    /** The export on its way in: `{ sinds, na }`. */
    incoming: () => read('export'),
    startIncoming: (sinds) =>
      together(() => {
        database.run('DELETE FROM nieuw')
        write('export', { sinds })
      }),
    /** Puts rows of `[id, json]` beside those that came before. */
    takeIn: (rows, { sinds }) =>
      together(() => {
        forEach('INSERT OR REPLACE INTO nieuw VALUES (?, ?)', rows)
        write('export', { sinds, na: rows.at(-1)[0] })
      }),
    /** What came in is whole: it takes the place of the copy that was. */
    finishIncoming: (cursor, missing) =>
      together(() => {
        database.exec('DROP TABLE vacatures; ALTER TABLE nieuw RENAME TO vacatures; DELETE FROM uitgesteld')
        database.exec(tables)
        defer(missing)
        write('export', undefined)
        write('cursor', cursor)
      }),
    dropIncoming: () =>
      together(() => {
        database.run('DELETE FROM nieuw')
        write('export', undefined)
      }),

    /** Applies changes: rows of `[id, json]`, ids that are gone, ids to ask for again. */
    apply: ({ found, gone, failed, cursor }) =>
      together(() => {
        forEach('INSERT OR REPLACE INTO vacatures VALUES (?, ?)', found)
        forEach(
          'DELETE FROM vacatures WHERE id = ?',
          gone.map((id) => [id])
        )
        forEach('DELETE FROM uitgesteld WHERE id = ?', [...found.map(([id]) => [id]), ...gone.map((id) => [id])])
        defer(failed)
        write('cursor', cursor)
      }),
    /** The changes since the copy can no longer be had: the copy stays until a new one is whole. */
    startAnew: () =>
      together(() => {
        write('cursor', undefined)
      }),

    close: () => {
      database.close()
      release()
    }
  }
}

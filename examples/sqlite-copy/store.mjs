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

const checkEveryMs = 5
const maxWaitMs = 10_000
/** Blocks the process, which cannot do anything else before it owns the file. */
const sleep = (ms) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** The state of another process: '' while it waits for the file, 'open' when it owns it; undefined when it gave up. */
const stateIn = (file) => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * A lock: one process per database file. A second process is refused, and the lock of a killed process is taken over.
 * Each process creates a file named after its id before it looks for the files of others, so of two processes that
 * start together at least one sees the other. No process removes the file of a living process. A single shared lock
 * file could belong to another process between the check and the removal.
 */
const lock = (path) => {
  const fileOf = (pid) => `${path}.${pid}.pid`
  const own = fileOf(process.pid)
  const release = () => {
    rmSync(own, { force: true })
  }
  const name = basename(path)
  const pidOf = (other) => (other.startsWith(name) ? Number(/^\.(\d+)\.pid$/.exec(other.slice(name.length))?.[1]) : NaN)
  const until = Date.now() + maxWaitMs
  writeFileSync(own, '')
  try {
    const others = readdirSync(dirname(path))
      .map(pidOf)
      .filter((pid) => pid > 0 && pid !== process.pid)
    for (const pid of others) {
      for (let state = stateIn(fileOf(pid)); state !== undefined && isAlive(pid); state = stateIn(fileOf(pid))) {
        // Of processes that start together, the one with the lowest id continues, unless another is open already.
        if (pid < process.pid || state !== '' || Date.now() > until)
          throw new Error(`${path} is in use by process ${pid}`)
        sleep(checkEveryMs)
      }
    }
    writeFileSync(own, 'open')
    for (const pid of others) if (!isAlive(pid)) rmSync(fileOf(pid), { force: true })
    // The library locks with a folder, which remains when its process is killed in a transaction.
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
 * The copy in a SQLite file. Each change is stored in one transaction with its cursor, so a process that is killed at
 * any moment continues correctly.
 *
 * vacatures   the copy: VDAB's JSON by interneReferentie
 * nieuw       an unfinished export, which replaces `vacatures` when it is complete
 * uitgesteld  vacancies that could not be fetched and are postponed
 * stand       `cursor`: the position in the changes; `export`: the position in the unfinished export
 */
export const openStore = (path) => {
  const release = lock(path)
  const database = new sqlite.Database(path)
  database.exec('PRAGMA busy_timeout = 10000')
  database.exec(tables)

  const transaction = (work) => {
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
    /** The cursor of the next changes; undefined = there is no complete copy. */
    cursor: () => read('cursor'),
    count: () => Number(database.get('SELECT count(*) AS aantal FROM vacatures').aantal),
    /** Some postponed ids. */
    postponed: (most) => database.all('SELECT id FROM uitgesteld LIMIT ?', most).map(({ id }) => id),

    /** The position in the unfinished export: `{ sinds, na }`. */
    incoming: () => read('export'),
    startIncoming: (sinds) =>
      transaction(() => {
        database.run('DELETE FROM nieuw')
        write('export', { sinds })
      }),
    /** Adds rows of `[id, json]` to the unfinished export. */
    addIncoming: (rows, { sinds }) =>
      transaction(() => {
        forEach('INSERT OR REPLACE INTO nieuw VALUES (?, ?)', rows)
        write('export', { sinds, na: rows.at(-1)[0] })
      }),
    /** Replaces the copy with the complete export. */
    finishIncoming: (cursor, missing) =>
      transaction(() => {
        database.exec('DROP TABLE vacatures; ALTER TABLE nieuw RENAME TO vacatures; DELETE FROM uitgesteld')
        database.exec(tables)
        defer(missing)
        write('export', undefined)
        write('cursor', cursor)
      }),
    dropIncoming: () =>
      transaction(() => {
        database.run('DELETE FROM nieuw')
        write('export', undefined)
      }),

    /** Applies changes: rows of `[id, json]`, ids that are gone, ids to postpone. */
    apply: ({ found, gone, failed, cursor }) =>
      transaction(() => {
        forEach('INSERT OR REPLACE INTO vacatures VALUES (?, ?)', found)
        forEach(
          'DELETE FROM vacatures WHERE id = ?',
          gone.map((id) => [id])
        )
        forEach('DELETE FROM uitgesteld WHERE id = ?', [...found.map(([id]) => [id]), ...gone.map((id) => [id])])
        defer(failed)
        write('cursor', cursor)
      }),
    /** The changes after the cursor are no longer available: the copy stays until a new export is complete. */
    startAnew: () =>
      transaction(() => {
        write('cursor', undefined)
      }),

    close: () => {
      database.close()
      release()
    }
  }
}

import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type * as sqlite from 'node-sqlite3-wasm'
import type { Database as Connection, JSValue, Statement } from 'node-sqlite3-wasm'
import { ConfigError, redacted } from '../errors.ts'
import { takeOwnership } from './owner.ts'

/** A row of a result: values by column name. */
export type StateRow = Readonly<Record<string, number | bigint | string | Uint8Array | null>>
type Values = readonly JSValue[]
type Dependencies = { file: string | undefined; warn: (message: string) => void; now: () => number }

const inMemory = ':memory:'
const parts = ['', '-wal', '-shm', '-journal']

const load = () => createRequire(import.meta.url)('node-sqlite3-wasm') as typeof sqlite

const configure = (connection: Connection) => {
  // A write-ahead log without shared memory needs the exclusive mode. A commit is then one append to the log: a killed
  // process loses nothing, and a power failure at most the last commits, each of them whole.
  connection.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL')
  connection.exec('PRAGMA cache_size=-8192; PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=16777216')
  const check = connection.get('PRAGMA quick_check(1)')?.['quick_check']
  if (check !== 'ok') throw new Error('damaged')
  return connection
}

const connect = (path: string): Connection => {
  const { Database } = load()
  const connection = new Database(path)
  try {
    return configure(connection)
  } catch (error) {
    connection.close()
    throw error
  }
}

/**
 * Is the file itself damaged? A full disk or a missing permission is not damage, and must not cause the loss of its
 * data.
 */
const isDamage = (error: unknown) => error instanceof Error && /not a database|malformed|^damaged$/i.test(error.message)

const openFile = (file: string, { warn, now }: Dependencies): Connection => {
  mkdirSync(dirname(file), { recursive: true })
  const isNew = !existsSync(file)
  let connection: Connection
  try {
    connection = connect(file)
  } catch (error) {
    if (!isDamage(error)) throw error
    const aside = `${file}.damaged-${now()}`
    for (const part of parts) if (existsSync(file + part)) renameSync(file + part, aside + part)
    warn('STATE_FILE is damaged. It was moved aside, and a new one is built. Subscriptions must be created again.')
    connection = connect(file)
    chmodSync(file, 0o600)
    return connection
  }
  if (isNew) chmodSync(file, 0o600)
  return connection
}

/**
 * The embedded database of this process: SQLite as WebAssembly, without a native build. Without a file it is in memory,
 * and lost at a restart. A damaged file is moved aside with one warning. Throws ConfigError when another process uses
 * the file, or when it cannot be created.
 */
export const openDatabase = (dependencies: Dependencies) => {
  const { file } = dependencies
  const giveUp = file === undefined ? () => {} : own(file)
  let connection: Connection
  try {
    connection = file === undefined ? connect(inMemory) : openFile(file, dependencies)
  } catch (error) {
    giveUp()
    throw new ConfigError([`STATE_FILE cannot be used (${redacted(error).code ?? redacted(error).name})`])
  }
  const statements = new Map<string, Statement>()
  const prepared = (sql: string): Statement => {
    const known = statements.get(sql) ?? connection.prepare(sql)
    statements.set(sql, known)
    return known
  }
  let isOpen = true

  return {
    /** does it survive a restart? */
    isDurable: file !== undefined,
    isOpen: () => isOpen,
    /** Runs statements without values, such as the definition of tables. */
    define: (sql: string) => {
      connection.exec(sql)
    },
    /** Runs one statement; returns the number of changed rows. */
    run: (sql: string, ...values: Values): number => prepared(sql).run([...values]).changes,
    /** The first row; undefined when there is none. */
    get: (sql: string, ...values: Values): StateRow | undefined =>
      // reads to the end, so that the statement keeps no snapshot open
      (prepared(sql).all([...values])[0] as StateRow | undefined) ?? undefined,
    all: (sql: string, ...values: Values): StateRow[] => prepared(sql).all([...values]) as StateRow[],
    /** Runs all of the work, or rolls it back when it throws. */
    transaction: <T>(work: () => T): T => {
      connection.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        connection.exec('COMMIT')
        return result
      } catch (error) {
        if (connection.inTransaction) connection.exec('ROLLBACK')
        throw error
      }
    },
    /** Flushes everything to disk, for data that must also survive a power failure. */
    sync: () => {
      if (file !== undefined) connection.exec('PRAGMA wal_checkpoint(FULL)')
    },
    close: () => {
      if (!isOpen) return
      isOpen = false
      for (const statement of statements.values()) statement.finalize()
      connection.close()
      giveUp()
    }
  }
}

const own = (file: string): (() => void) => {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const giveUp = takeOwnership(file)
    if (giveUp) return giveUp
  } catch (error) {
    throw new ConfigError([`STATE_FILE cannot be used (${redacted(error).code ?? redacted(error).name})`])
  }
  throw new ConfigError(['STATE_FILE is used by another process of this gateway'])
}

export type State = ReturnType<typeof openDatabase>

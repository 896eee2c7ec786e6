import { setImmediate } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import type { State } from '../../state/database.ts'
import type { Kept } from '../../state/kept.ts'
import type { FeedChange } from '../../state/feedReader.ts'
import type { VdabRecord } from '../../upstream/records.ts'
import { createHashes } from './hashes.ts'
import { afterReading, afterRow, type Leven, type Waarden } from './leven.ts'
import { createRows } from './rows.ts'

export type { Waarden } from './leven.ts'

type Dependencies = {
  state: State
  kept: Kept
  /** the most vacancies that are remembered */
  max: number
  /** ms within which VDAB's feed lists a change again */
  repeatMs: number
  /** the values of a vacancy that filters test */
  filterwaardenOf: (record: VdabRecord) => Waarden
  /** the instant (ms) after which a row of the feed, at this cursor, was written */
  vanOf: (cursor: string) => number
  warn: (message: string) => void
  now: () => number
}

const flushMs = 1000
const maxWaiting = 2000
const sliceRows = 50
const known = 'levensloop.sinds'
const instant = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
const statusOf = ({ status }: VdabRecord) => (typeof status === 'string' ? status : undefined)

const toLevensloop = (leven: Leven, sinds: number) => {
  const { gezien, gewijzigd, verwijderd, reden, velden, bron, waarden } = leven
  const published = waarden.at(-1)?.['publicatieDatum']
  const isWhole = typeof published === 'string' && published > new Date(sinds).toISOString().slice(0, 10)
  return {
    eersteKeerGezien: new Date(gezien).toISOString(),
    laatstGewijzigd: instant(gewijzigd),
    verwijderdOp: instant(verwijderd),
    reden: reden ?? null,
    gewijzigdeVelden: velden,
    sinds: new Date(sinds).toISOString(),
    bron,
    zekerheid: bron === 'FEED' && isWhole ? 'ZEKER' : 'WAARSCHIJNLIJK'
  }
}

/** Readings that wait to be compared, and lives that wait to be written. */
const createWaiting = ({ state, kept, max, filterwaardenOf, warn, now }: Dependencies) => {
  const rows = createRows({ state, max })
  const hashes = createHashes({ state, kept, secret: () => randomBytes(16).toString('hex') })
  const readings = new Map<string, { record: VdabRecord; at: number }>()
  const changed = new Map<string, Leven>()

  const get = (id: string): Leven | undefined => {
    const reading = readings.get(id)
    const leven = changed.get(id) ?? rows.get(id)
    if (!reading) return leven
    readings.delete(id)
    const { record, at } = reading
    const lezing = { hashes: hashes.of(record), waarden: filterwaardenOf(record), status: statusOf(record) }
    const next = afterReading(leven, lezing, at, hashes.changed)
    changed.set(id, next)
    return next
  }
  const write = () => {
    rows.putAll(changed)
    changed.clear()
  }

  return {
    get,
    set: (id: string, leven: Leven) => void changed.set(id, leven),
    /** Keeps a reading for later: to compare it takes 0.1 ms. */
    read: (id: string, record: VdabRecord) => {
      if (readings.get(id)?.record === record) return
      get(id) // an earlier reading
      readings.set(id, { record, at: now() })
      const [oldest] = readings.size > maxWaiting ? readings.keys() : []
      if (oldest !== undefined) readings.delete(oldest)
    },
    write,
    /** Compares and writes everything, in slices; never rejects. */
    flush: async () => {
      try {
        while (state.isOpen() && readings.size + changed.size > 0) {
          for (const id of [...readings.keys()].slice(0, sliceRows)) get(id)
          state.transaction(write)
          await setImmediate()
        }
      } catch {
        warn('STATE_FILE cannot be written; what the gateway saw of vacancies meanwhile is lost.')
      }
    },
    clear: () => {
      readings.clear()
      changed.clear()
      rows.clear()
    },
    count: rows.count
  }
}

/**
 * The lives of vacancies, from VDAB's feed and from the records that the gateway reads. Nothing is written while a
 * request waits: rows of the feed are written by batches, readings once in a second.
 */
export const createLevensloop = (dependencies: Dependencies) => {
  const { kept, repeatMs, vanOf, now } = dependencies
  const waiting = createWaiting(dependencies)
  const ofRecords = new WeakMap<VdabRecord, ReturnType<typeof toLevensloop>>()
  if (kept.get(known) === undefined) kept.set(known, String(now()))
  let sinds = Number(kept.get(known))
  let timer: NodeJS.Timeout | undefined
  const flushSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      void waiting.flush()
    }, flushMs).unref()
  }
  const ofId = (id: string) => {
    const leven = waiting.get(id.toLowerCase())
    return leven && toLevensloop(leven, sinds)
  }

  return {
    /** The life of a vacancy by its id; null when nothing is known of it. */
    ofId: (id: string) => ofId(id) ?? null,
    /** The life of the vacancy of a record, computed once. */
    ofVacature: (id: string, record: VdabRecord) => {
      const found = ofRecords.get(record) ?? ofId(id)
      if (found) ofRecords.set(record, found)
      return found ?? null
    },
    /** The last values of a vacancy that filters tested; null when no record of it was read. */
    laatsteWaarden: (id: string): Waarden | null => waiting.get(id.toLowerCase())?.waarden.at(-1) ?? null,
    /**
     * All values that filters tested before the change at a cursor; undefined when some of them may be unknown. A
     * filter that none of them passes has never found the vacancy.
     */
    waardenVoor: (id: string, cursor: string): readonly Waarden[] | undefined => {
      const { waarden = [], waardenSinds = Infinity } = waiting.get(id.toLowerCase()) ?? {}
      return waardenSinds < vanOf(cursor) ? waarden : undefined
    },
    /** Notes a record that VDAB sent. */
    note: (id: string, record: VdabRecord) => {
      waiting.read(id, record)
      flushSoon()
    },
    /** Notes rows of the feed, in the transaction of the caller. */
    noteRows: (changes: readonly FeedChange[]) => {
      for (const { id, status } of changes) waiting.set(id, afterRow(waiting.get(id), status, now(), repeatMs))
      waiting.write()
    },
    /** What was known has a gap: forgets it, and knows from now on. */
    startAnew: () => {
      waiting.clear()
      sinds = now()
      kept.set(known, String(sinds))
    },
    count: waiting.count,
    /** Writes what waits. */
    close: async () => {
      clearTimeout(timer)
      await waiting.flush()
    }
  }
}

export type Levensloop = ReturnType<typeof createLevensloop>

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
  /** the maximum number of stored vacancies */
  max: number
  /** ms within which VDAB's feed repeats a change */
  repeatMs: number
  /** the values of a vacancy that filters test */
  filterwaardenOf: (record: VdabRecord) => Waarden
  /** the start (ms) of the period in which the row of the feed at this cursor was written */
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

/** The queue of readings that are not compared yet, and of changes that are not written yet. */
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
    /** Stores a reading for later, because comparing it takes 0.1 ms. */
    read: (id: string, record: VdabRecord) => {
      if (readings.get(id)?.record === record) return
      get(id) // compares an earlier reading
      readings.set(id, { record, at: now() })
      const [oldest] = readings.size > maxWaiting ? readings.keys() : []
      if (oldest !== undefined) readings.delete(oldest)
    },
    write,
    /** Compares and writes everything in slices; never rejects. */
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
 * The levensloop of vacancies, from VDAB's feed and from the records that the gateway reads. No request waits for a
 * write: rows of the feed are written in batches, readings once a second.
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
    /** The levensloop of a vacancy by its id; null if nothing is known. */
    ofId: (id: string) => ofId(id) ?? null,
    /** The levensloop of the vacancy of a record, computed once per record. */
    ofVacature: (id: string, record: VdabRecord) => {
      const found = ofRecords.get(record) ?? ofId(id)
      if (found) ofRecords.set(record, found)
      return found ?? null
    },
    /** The last values of a vacancy that filters test; null if no record of it was read. */
    laatsteWaarden: (id: string): Waarden | null => waiting.get(id.toLowerCase())?.waarden.at(-1) ?? null,
    /**
     * All values before the change at a cursor that filters test; undefined if some may be unknown. A filter that
     * matches none of them has never matched the vacancy.
     */
    waardenVoor: (id: string, cursor: string): readonly Waarden[] | undefined => {
      const { waarden = [], waardenSinds = Infinity } = waiting.get(id.toLowerCase()) ?? {}
      return waardenSinds < vanOf(cursor) ? waarden : undefined
    },
    /** Stores a record that VDAB sent. */
    note: (id: string, record: VdabRecord) => {
      waiting.read(id, record)
      flushSoon()
    },
    /** Stores rows of the feed, in the transaction of the caller. */
    noteRows: (changes: readonly FeedChange[]) => {
      for (const { id, status } of changes) waiting.set(id, afterRow(waiting.get(id), status, now(), repeatMs))
      waiting.write()
    },
    /** Deletes everything after a gap in the feed; the history then starts now. */
    startAnew: () => {
      waiting.clear()
      sinds = now()
      kept.set(known, String(sinds))
    },
    count: waiting.count,
    /** Writes the queue. */
    close: async () => {
      clearTimeout(timer)
      await waiting.flush()
    }
  }
}

export type Levensloop = ReturnType<typeof createLevensloop>

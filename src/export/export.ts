import { setImmediate } from 'node:timers/promises'
import type { Consumer } from '../access/consumers.ts'
import { createPersonal } from '../access/personal.ts'
import type { Redaction } from '../access/redaction.ts'
import { GatewayError } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { VdabRecord } from '../upstream/records.ts'
import type { Cause } from '../upstream/client.ts'
import { pageSize, readIds } from './ids.ts'
import type { ExportSource } from './source.ts'

// The number of batches that one export fetches ahead.
const ahead = 3
// More missing vacancies mean that VDAB has an outage; the consumer can continue the export later.
const maxMissing = 100
const published = 'GEPUBLICEERD'

type Dependencies = {
  source: ExportSource
  redaction: Redaction
  toVersionTwo: (record: VdabRecord) => VdabRecord
  /** details in one call */
  batchSize: number
  isId: (id: string) => boolean
  now: () => number
}
type Request = {
  /** the consumer as configured now; throws when it has lost its access */
  present: () => Consumer
  /** the last vacancy that the consumer has received, to continue an export */
  na: string | undefined
  /** the position from which to read changes made after the first line of the (first) export */
  cursor: string
  cause: Cause
  signal: AbortSignal
}
/** `ontbreekt`: the ids that failed; `vervallen`: the scopes that the consumer lost during the export. */
export type Total = { aantal: number; ontbreekt: readonly string[]; vervallen: readonly string[] }

const brussels = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }) // Swedish dates are YYYY-MM-DD

function* batchesOf(ids: Iterable<string>, size: number): Generator<readonly string[], void> {
  let batch: string[] = []
  for (const id of ids) {
    batch.push(id)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

type Ids = readonly string[]
type Written = { ids: Ids; consumer: Consumer; bytes: Buffer; aantal: number; failed: readonly string[] }

/** Processes the batches in order, a few ahead. */
async function* workAhead(batches: Iterator<Ids, void>, work: (ids: Ids) => Promise<Written>): AsyncGenerator<Written> {
  const queue: Promise<Written>[] = []
  for (;;) {
    while (queue.length < ahead) {
      const { done, value } = batches.next()
      if (done === true) break
      const written = work(value)
      written.catch(() => undefined) // handled by the await below, unless the export ends first
      queue.push(written)
    }
    const [first] = queue
    if (!first) return
    yield await first
    void queue.shift() // awaited above
  }
}

/** Writes all published vacancies as NDJSON: a first line, then one line per vacancy, in the order of their ids. */
export const createExport = ({ source, redaction, toVersionTwo, batchSize, isId, now }: Dependencies) => {
  const line = (value: unknown) => `${exactJson.stringify(value)}\n`

  /** Throws when the whole batch failed. */
  const write = (ids: readonly string[], outcomes: ReadonlyMap<string, Outcome>, consumer: Consumer): Written => {
    const failed: string[] = []
    const lines: string[] = []
    for (const id of ids) {
      const outcome = outcomes.get(id) ?? null
      if (outcome instanceof Error) {
        failed.push(id)
        if (ids.length > 1 && failed.length === ids.length) throw outcome
      } else if (outcome !== null && (outcome['status'] ?? published) === published)
        lines.push(line(redaction.record('Vacature', toVersionTwo(outcome), consumer.scopes, createPersonal())))
    }
    return { ids, consumer, bytes: Buffer.from(lines.join('')), aantal: lines.length, failed }
  }

  /**
   * The bytes of one export without its last line, one batch at a time, at the pace of the reader. Throws before the
   * first byte when VDAB's list fails, and later when the list or too many details fail.
   */
  return async function* ({ present, na, cursor, cause, signal }: Request): AsyncGenerator<Buffer, Total> {
    const { scopes } = present()
    const startedAt = now()
    const moment = new Date(startedAt).toISOString()
    const datum = brussels.format(startedAt)
    const ask = (vanaf: number, aantal: number) => source.page(datum, vanaf, aantal, cause, signal)
    const first = await ask(0, pageSize)
    const continued = na === undefined ? {} : { na }
    yield Buffer.from(line({ versie: 1, moment, datum, verwacht: first.totaal, ...continued, cursor }))

    const ids = await readIds(first, { ask, isId })
    // Records become Buffers at once: data that waits for the reader is outside the V8 heap.
    const fetch = async (wanted: readonly string[]) =>
      write(wanted, await source.records(wanted, cause, signal), present())
    const ontbreekt: string[] = []
    const vervallen = new Set<string>()
    let total = 0
    for await (const made of workAhead(batchesOf(ids.after(na), batchSize), fetch)) {
      let written = made
      // A batch is written again when the consumer's scopes have changed in between.
      while (written.consumer !== present()) written = await fetch(written.ids)
      const { bytes, aantal, failed, consumer } = written
      for (const scope of scopes)
        if (scope.startsWith('vacatures:') && !consumer.scopes.has(scope)) vervallen.add(scope)
      total += aantal
      ontbreekt.push(...failed)
      if (ontbreekt.length > maxMissing)
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many vacancies could not be fetched.')
      if (bytes.length > 0) yield bytes
      await setImmediate() // lets other requests run
    }
    return { aantal: total, ontbreekt, vervallen: [...vervallen] }
  }
}

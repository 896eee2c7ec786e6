import { setImmediate } from 'node:timers/promises'
import type { Consumer } from '../access/consumers.ts'
import { createPersonal } from '../access/personal.ts'
import type { Redaction } from '../access/redaction.ts'
import { GatewayError } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import { pageSize, readIds } from './ids.ts'
import type { ExportSource } from './source.ts'

// Batches of details on their way or waiting to be written, for each export.
const ahead = 3
// So many vacancies may be lacking; more, and it is VDAB that is ill, and the copy is better continued later.
const maxMissing = 100
const published = 'GEPUBLICEERD'

type Dependencies = {
  source: ExportSource
  redaction: Redaction
  /** details in one call */
  batchSize: number
  isId: (id: string) => boolean
  now?: () => number
}

/** What one export is asked for. `present` gives who asks by now, and throws when it may not go on. `cursor` is where the changes continue that came after its first line, or after that of the export it continues. */
export type ExportRequest = {
  present: () => Consumer
  na: string | undefined
  cursor: string
  cause: Cause
  signal: AbortSignal
}
/** What was written, the ids of what could not be had, and the scopes that the reader had at first and no longer for all of it. */
export type Total = { aantal: number; ontbreekt: readonly string[]; vervallen: readonly string[] }

const brussels = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }) // Swedish dates are written YYYY-MM-DD

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

/** The lines of a batch as bytes, for whom they were written, how many there are, and what failed. */
type Written = { ids: readonly string[]; consumer: Consumer; bytes: Buffer; aantal: number; failed: readonly string[] }

/** What comes of the batches, in order; the work for a few of them begins before they are asked for. */
async function* workedAhead(
  batches: Iterator<readonly string[], void>,
  work: (ids: readonly string[]) => Promise<Written>
): AsyncGenerator<Written> {
  const queue: Promise<Written>[] = []
  for (;;) {
    while (queue.length < ahead) {
      const { done, value } = batches.next()
      if (done === true) break
      const written = work(value)
      written.catch(() => undefined) // met when its turn comes; an export that ends before has no turn for it
      queue.push(written)
    }
    const [first] = queue
    if (!first) return
    yield await first
    void queue.shift() // it has been met
  }
}

/** Writes a copy of all that is published: a first line, then a line for each vacancy, in the order of their ids. */
export const createExport = ({ source, redaction, batchSize, isId, now = Date.now }: Dependencies) => {
  const line = (value: unknown) => `${exactJson.stringify(value)}\n`

  /** Throws when all of the batch failed. */
  const write = (ids: readonly string[], outcomes: ReadonlyMap<string, Outcome>, consumer: Consumer): Written => {
    const failed: string[] = []
    const lines: string[] = []
    for (const id of ids) {
      const outcome = outcomes.get(id) ?? null
      if (outcome instanceof Error) {
        failed.push(id)
        if (ids.length > 1 && failed.length === ids.length) throw outcome
      } else if (outcome !== null && (outcome['status'] ?? published) === published)
        lines.push(line(redaction.record('Vacature', outcome, consumer.scopes, createPersonal())))
    }
    return { ids, consumer, bytes: Buffer.from(lines.join('')), aantal: lines.length, failed }
  }

  /**
   * The bytes of one export, but for its last line; a batch at a time, as fast as it is read. Throws, before anything is
   * written, when VDAB's list cannot be asked; and later, when the list or the details fail too often.
   */
  return async function* ({ present, na, cursor, cause, signal }: ExportRequest): AsyncGenerator<Buffer, Total> {
    const { scopes } = present()
    const moment = now()
    const datum = brussels.format(moment)
    const ask = (vanaf: number, aantal: number) => source.page(datum, vanaf, aantal, cause, signal)
    const first = await ask(0, pageSize)
    yield Buffer.from(
      line({
        versie: 1,
        moment: new Date(moment).toISOString(),
        datum,
        verwacht: first.totaal,
        ...(na === undefined ? {} : { na }),
        cursor
      })
    )

    const ids = await readIds(first, { ask, isId })
    // Records become bytes as soon as they are there: what waits for the reader stands outside the heap, and dies young in it.
    const fetch = async (wanted: readonly string[]) =>
      write(wanted, await source.records(wanted, cause, signal), present())
    const ontbreekt: string[] = []
    let total = 0
    const vervallen = new Set<string>()
    for await (const made of workedAhead(batchesOf(ids.after(na), batchSize), fetch)) {
      let written = made
      // What was written ahead for a reader whose scopes have changed since does not leave.
      while (written.consumer !== present()) written = await fetch(written.ids)
      const { bytes, aantal, failed, consumer } = written
      for (const scope of scopes)
        if (scope.startsWith('vacatures:') && !consumer.scopes.has(scope)) vervallen.add(scope)
      total += aantal
      ontbreekt.push(...failed)
      if (ontbreekt.length > maxMissing)
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many vacancies could not be had.')
      if (bytes.length > 0) yield bytes
      await setImmediate() // others have their turn, however fast VDAB and the reader are
    }
    return { aantal: total, ontbreekt, vervallen: [...vervallen] }
  }
}

export type Export = ReturnType<typeof createExport>

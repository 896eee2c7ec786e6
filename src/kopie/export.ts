import { setImmediate } from 'node:timers/promises'
import type { Redaction } from '../access/redaction.ts'
import { createPersonal } from '../access/personal.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import { pageSize, readIds } from './ids.ts'
import type { Source } from './source.ts'

// Batches of details on their way or waiting to be written, for each export.
const ahead = 3
// So many vacancies may be lacking; more, and it is VDAB that is ill, and the copy is better continued later.
const maxMissing = 100
const published = 'GEPUBLICEERD'

type Dependencies = {
  source: Source
  redaction: Redaction
  /** details in one call */
  batchSize: number
  isId: (id: string) => boolean
  now?: () => number
}

/** What one export is asked for. `cursor` is where the changes continue that came after its first line, or after that of the export it continues. */
export type Asked = { scopes: ReadonlySet<string>; na: string | undefined; cursor: string; cause: Cause; signal: AbortSignal }
/** What was written, and the ids of what could not be had. */
export type Total = { aantal: number; ontbreekt: readonly string[] }

const brussels = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels' }) // Swedish dates are written YYYY-MM-DD

function* batchesOf(ids: Iterable<string>, size: number): Generator<readonly string[]> {
  let batch: string[] = []
  for (const id of ids) {
    batch.push(id)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

type Fetched = { ids: readonly string[]; outcomes: ReadonlyMap<string, Outcome> }

/** The batches with their outcomes, in order, a few of them fetched before they are asked for. */
async function* fetchedAhead(ids: Iterable<string>, size: number, fetch: (ids: readonly string[]) => Promise<ReadonlyMap<string, Outcome>>): AsyncGenerator<Fetched> {
  const batches = batchesOf(ids, size)
  const queue: { ids: readonly string[]; outcomes: Promise<ReadonlyMap<string, Outcome>> }[] = []
  for (;;) {
    while (queue.length < ahead) {
      const { value } = batches.next() as { value: readonly string[] | undefined }
      if (value === undefined) break
      const outcomes = fetch(value)
      outcomes.catch(() => {}) // met when its turn comes; an export that ends before has no turn for it
      queue.push({ ids: value, outcomes })
    }
    const [first] = queue
    if (!first) return
    const outcomes = await first.outcomes
    queue.shift()
    yield { ids: first.ids, outcomes }
  }
}

/** Writes a copy of all that is published: a first line, then a line for each vacancy, in the order of their ids. */
export const createExport = ({ source, redaction, batchSize, isId, now = Date.now }: Dependencies) => {
  const line = (value: unknown) => `${JSON.stringify(value)}\n`

  /** The lines of one batch, and what failed of it. Throws when all of it failed. */
  const write = ({ ids, outcomes }: Fetched, scopes: ReadonlySet<string>) => {
    const failed: { id: string; error: Error }[] = []
    const lines: string[] = []
    for (const id of ids) {
      const outcome = outcomes.get(id) ?? null
      if (outcome instanceof Error) failed.push({ id, error: outcome })
      else if (outcome !== null && (outcome['status'] ?? published) === published) lines.push(line(redaction.record('Vacature', outcome, scopes, createPersonal())))
    }
    if (failed[0] && ids.length > 1 && failed.length === ids.length) throw failed[0].error
    return { lines, failed }
  }

  /**
   * The text of one export, but for its last line; a few lines at a time, as fast as it is read. Throws, before anything is
   * written, when VDAB's list cannot be asked; and later, when the list or the details fail too often.
   */
  return async function* ({ scopes, na, cursor, cause, signal }: Asked): AsyncGenerator<string, Total> {
    const moment = now()
    const datum = brussels.format(moment)
    const ask = (vanaf: number, aantal: number) => source.page(datum, vanaf, aantal, cause, signal)
    const first = await ask(0, pageSize)
    yield line({ versie: 1, moment: new Date(moment).toISOString(), datum, verwacht: first.totaal, ...(na === undefined ? {} : { na }), cursor })

    const ids = await readIds(first, { ask, isId })
    const ontbreekt: string[] = []
    let aantal = 0
    for await (const batch of fetchedAhead(ids.after(na), batchSize, (wanted) => source.records(wanted, cause, signal))) {
      const { lines, failed } = write(batch, scopes)
      aantal += lines.length
      for (const { id } of failed) ontbreekt.push(id)
      if (failed[0] && ontbreekt.length > maxMissing) throw failed[0].error
      if (lines.length > 0) yield lines.join('')
      await setImmediate() // others have their turn, however fast VDAB and the reader are
    }
    return { aantal, ontbreekt }
  }
}

export type Export = ReturnType<typeof createExport>

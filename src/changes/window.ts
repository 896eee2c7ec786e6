import { GatewayError } from '../errors.ts'
import type { Cause } from '../upstream/client.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { markOf, type Noun, type Position } from './cursor.ts'

/** One row of VDAB's feed. `raw` is VDAB's text for the id; `id` is undefined if that is not an id (NOT_FOUND). */
type Row = { readonly raw: string; readonly id: string | undefined; readonly status: string }
/** Requests `aantal` rows from VDAB, from row `vanaf`, of the changes between two instants (ms). */
type Ask = (question: {
  van: number
  tot: number
  vanaf: number
  aantal: number
}) => Promise<{ readonly totaal: number; readonly rows: readonly Row[] }>
/** A position inside an open window. */
export type OpenWindow = Position & { readonly tot: number }
/** Rows, each with the position after it, and the last position; without `tot` at the end of the window. */
export type Step = {
  readonly rows: readonly { readonly row: Row; readonly position: Position }[]
  readonly position: Position
}

/** The largest page of VDAB's feed (upstream.md §2.5) [strong]. */
export const largestPage = 2000
// Each further page repeats this many rows of the previous page, to detect how far the list has moved.
const anchorRows = 20
const narrowestMs = 1000
const dayMs = 86_400_000

/** The index after the last delivered row, searched around `expected`; undefined when that row has left the list. */
const findNext = (rows: readonly Row[], expected: number, na: string): number | undefined => {
  const isLast = (index: number) => {
    const row = rows[index]
    return row !== undefined && markOf(row.raw) === na
  }
  if (isLast(expected)) return expected + 1
  for (let index = Math.min(expected, rows.length) - 1; index >= 0; index -= 1) if (isLast(index)) return index + 1
  for (let index = expected + 1; index < rows.length; index += 1) if (isLast(index)) return index + 1
  return undefined
}

type Dependencies = { ask: Ask; overlapMs: number; maxMs: number; now: () => number }

/**
 * Reads VDAB's feed from a position, one page at a time. The list has no timestamps, and it moves while it is read: a
 * record that changes again leaves the window, and the rows after it move up. So each further page repeats some rows,
 * and reading continues after the last delivered row. If that row has also left, the reader reads the first half of the
 * window again and then the rest. A window that fits in one page cannot move. A record that leaves a window appears in
 * a later window. VDAB may list a change late, so a window counts as delivered only up to `overlapMs` before its end.
 */
export const createWindowReader = ({ ask, overlapMs, maxMs, now }: Dependencies) => {
  const after = ({ tot, eind = tot }: OpenWindow): Position =>
    tot < eind ? { van: tot, tot: eind } : { van: tot - overlapMs }
  const halve = ({ van, tot, eind = tot }: OpenWindow): Position => ({
    van,
    tot: tot - van > narrowestMs ? van + Math.ceil((tot - van) / 2) : tot,
    eind
  })

  const toStep = (from: OpenWindow, rows: readonly Row[], first: number, totaal: number, aantal: number): Step => {
    if (rows.length === 0 && first < totaal)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB counts changes that it does not list.', {
        upstreamStatus: 200
      })
    const { van, tot, eind } = from
    const positioned = rows.slice(0, aantal).map((row, index) => {
      return { row, position: { van, tot, eind, vanaf: first + index + 1, totaal, na: markOf(row.raw) } }
    })
    const last = positioned.at(-1)?.position
    return { rows: positioned, position: last === undefined || last.vanaf >= totaal ? after(from) : last }
  }

  /** Opens the window from a position up to now. A position inside a window keeps that window. */
  const open = (position: Position): OpenWindow => {
    const { van, tot } = position
    return tot === undefined ? { van: Math.min(van, now()), tot: Math.min(now(), van + maxMs) } : { ...position, tot }
  }

  return {
    open,
    /** The next rows, at most `aantal`. The list of rows can be empty although more rows follow. */
    readOn: async (position: Position, aantal: number): Promise<Step> => {
      const from = open(position)
      const { van, tot, vanaf = 0, totaal = 0, na } = from
      if (na === undefined) {
        const page = await ask({ van, tot, vanaf: 0, aantal })
        return toStep(from, page.rows, 0, page.totaal, aantal)
      }
      for (let first = Math.max(0, vanaf - anchorRows), tries = 2; tries > 0; tries -= 1) {
        const page = await ask({ van, tot, vanaf: first, aantal: Math.min(largestPage, aantal + vanaf - first) })
        const start = findNext(page.rows, vanaf - 1 - first, na)
        if (start === page.rows.length && first + start < page.totaal)
          return { rows: [], position: { ...from, vanaf: first + start, totaal: page.totaal } }
        if (start !== undefined) return toStep(from, page.rows.slice(start), first + start, page.totaal, aantal)
        if (page.totaal >= totaal) break
        first = Math.max(0, vanaf - (totaal - page.totaal) - anchorRows)
      }
      return { rows: [], position: halve(from) }
    }
  }
}

export type WindowReader = ReturnType<typeof createWindowReader>

type BulkOptions = {
  vdab: Pick<Vdab, 'bulk'>
  noun: Noun
  causeOf: (vanaf: number) => Cause
  /** called before each call to VDAB; a rejection ends the reading */
  onAsk?: (() => Promise<unknown>) | undefined
  overlapMs: number
  maxDays: number
  now: () => number
}

/** A reader of one of VDAB's feeds. Throws VDAB's errors. */
export const createBulkReader = ({ vdab, noun, causeOf, onAsk, overlapMs, maxDays, now }: BulkOptions): WindowReader =>
  createWindowReader({
    overlapMs,
    maxMs: maxDays * dayMs,
    now,
    ask: async ({ van, tot, vanaf, aantal }) => {
      await onAsk?.()
      const period = { van: [new Date(van).toISOString()], tot: [new Date(tot).toISOString()] }
      return vdab.bulk(noun, { ...period, vanaf: [String(vanaf)], aantal: [String(aantal)] }, causeOf(vanaf))
    }
  })

import { GatewayError } from '../errors.ts'
import { markOf } from './cursor.ts'
import type { Position } from './cursor.ts'

/** One row of VDAB's feed, as VDAB names it; `id` is absent where that is no id (NOT_FOUND). */
export type Row = { readonly raw: string; readonly id: string | undefined; readonly status: string }
/** Asks VDAB for `aantal` rows from `vanaf` on of what changed between two instants (ms). */
export type AskForRows = (question: {
  van: number
  tot: number
  vanaf: number
  aantal: number
}) => Promise<{ readonly totaal: number; readonly rows: readonly Row[] }>
/** Rows, each with the position of whoever has had it, and where to read on; `tot` is absent there when the window was read to its end. */
export type Step = {
  readonly rows: readonly { readonly row: Row; readonly position: Position }[]
  readonly position: Position
}

/** The most rows that VDAB gives at once (upstream.md §2.5) [strong]. */
export const largestPage = 2000
// Rows that are asked again with each further page: by them it is seen whether the list has moved, and by how much.
const anchorRows = 20
const narrowestMs = 1000

/** Where the row after the last delivered one stands; undefined when that one has left the list. */
const continues = (rows: readonly Row[], expected: number, na: string): number | undefined => {
  const isLast = (index: number) => {
    const row = rows[index]
    return row !== undefined && markOf(row.raw) === na
  }
  if (isLast(expected)) return expected + 1
  for (let index = Math.min(expected, rows.length) - 1; index >= 0; index -= 1) if (isLast(index)) return index + 1
  for (let index = expected + 1; index < rows.length; index += 1) if (isLast(index)) return index + 1
  return undefined
}

type Dependencies = { ask: AskForRows; overlapMs: number; maxMs: number; now: () => number }

/**
 * Reads VDAB's feed from a position on, one page at a time.
 * The list has no times, and it moves while it is read: a record that changes again leaves the window, and what follows it
 * moves up. So each further page begins with rows that were read before, and is read on from the last of them. When that
 * one has gone too, the first half of the window is read anew, and then the rest: in the end a window fits in one page,
 * which cannot move. Who leaves a window stands in a later one.
 * VDAB may list a change some time after it was made, so what was read to its end counts as delivered up to `overlapMs` before.
 */
export const createWindowReader = ({ ask, overlapMs, maxMs, now }: Dependencies) => {
  const after = ({ tot, eind = tot }: { tot: number; eind?: number | undefined }): Position =>
    tot < eind ? { van: tot, tot: eind } : { van: tot - overlapMs }
  const narrowed = ({ van, tot, eind = tot }: { van: number; tot: number; eind?: number | undefined }): Position => ({
    van,
    tot: tot - van > narrowestMs ? van + Math.ceil((tot - van) / 2) : tot,
    eind
  })

  const deliver = (
    from: Position & { tot: number },
    rows: readonly Row[],
    first: number,
    totaal: number,
    aantal: number
  ): Step => {
    if (rows.length === 0 && first < totaal)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB counts changes that it does not list.', {
        upstreamStatus: 200
      })
    const given = rows.slice(0, aantal).map((row, index) => ({
      row,
      position: {
        van: from.van,
        tot: from.tot,
        eind: from.eind,
        vanaf: first + index + 1,
        totaal,
        na: markOf(row.raw)
      }
    }))
    const last = given.at(-1)
    return { rows: given, position: last === undefined || last.position.vanaf >= totaal ? after(from) : last.position }
  }

  /** Opens the window up to now; a position in the middle of one stays in it. */
  const open = (position: Position): Position & { tot: number } => {
    const { van, tot } = position
    return tot === undefined ? { van: Math.min(van, now()), tot: Math.min(now(), van + maxMs) } : { ...position, tot }
  }

  return {
    open,
    /** The next rows, `aantal` at most; may be none although more follow. */
    readOn: async (position: Position, aantal: number): Promise<Step> => {
      const from = open(position)
      const { van, tot, vanaf = 0, totaal = 0, na } = from
      if (na === undefined) {
        const page = await ask({ van, tot, vanaf: 0, aantal })
        return deliver(from, page.rows, 0, page.totaal, aantal)
      }
      for (let first = Math.max(0, vanaf - anchorRows), tries = 2; tries > 0; tries -= 1) {
        const page = await ask({ van, tot, vanaf: first, aantal: Math.min(largestPage, aantal + vanaf - first) })
        const start = continues(page.rows, vanaf - 1 - first, na)
        if (start === page.rows.length && first + start < page.totaal)
          return { rows: [], position: { ...from, vanaf: first + start, totaal: page.totaal } }
        if (start !== undefined) return deliver(from, page.rows.slice(start), first + start, page.totaal, aantal)
        if (page.totaal >= totaal) break
        first = Math.max(0, vanaf - (totaal - page.totaal) - anchorRows)
      }
      return { rows: [], position: narrowed(from) }
    }
  }
}

export type WindowReader = ReturnType<typeof createWindowReader>

import { writeCursor } from './cursor.ts'
import type { Noun, Position } from './cursor.ts'
import type { Ring } from './ring.ts'
import { largestPage } from './window.ts'
import type { WindowReader, Step } from './window.ts'

/** One row of VDAB's feed as the gateway passes it on. Rows whose id is none (NOT_FOUND) never become one. */
export type Change = {
  readonly noun: Noun
  /** in lower case */
  readonly id: string
  /** VDAB's own word; anything but GEPUBLICEERD (vacature) or OPEN (kandidaat) means removed */
  readonly status: string
  /** who resumes with it gets everything after this change, at least once, in order per id */
  readonly cursor: string
}
/**
 * A change, or only how far the reader has come. `einde` stands in the last one, unless the reader itself went away:
 * "traag" = too much was waiting for it, "stop" = the gateway stops. It is resumed with its cursor.
 */
export type Followed = Change | { readonly cursor: string; readonly einde?: 'traag' | 'stop' }

/** The rows that are changes. */
export const changesOf = (noun: Noun, rows: Step['rows']): Change[] =>
  rows.flatMap(({ row: { id, status }, position }) =>
    id === undefined ? [] : [{ noun, id, status, cursor: writeCursor(noun, position) }]
  )

type Options = {
  noun: Noun
  /** where to start; undefined = with what comes from now on */
  from: Position | undefined
  reader: WindowReader
  ring: Ring<Followed>
  /** what the feed has read before its present poll, and the number of the first batch that tells what it read since */
  point: () => { readTo: number; batch: number }
  isStopped: () => boolean
  signal: AbortSignal
  maxBytes: number
  overlapMs: number
}

/**
 * Replay and then live. The place in the ring is taken first, and then VDAB's own list is read up to what the ring begins
 * with: so nothing falls in between, and of an id the older change comes first. A reader that was so slow in replaying that
 * the ring has gone on replays the rest; one that is slow later is ended, and resumes with its cursor.
 */
export async function* following({
  noun,
  from,
  reader,
  ring,
  point,
  isStopped,
  signal,
  maxBytes,
  overlapMs
}: Options): AsyncGenerator<Followed, void, void> {
  let { readTo, batch } = from === undefined ? { readTo: point().readTo, batch: ring.next() } : point()
  let at: Position = from ?? { van: readTo - overlapMs }
  let cursor = writeCursor(noun, at)
  const isOver = () => signal.aborted || isStopped()
  yield { cursor }

  for (let isReplayed = from === undefined; !isReplayed && !isOver();) {
    const isUpToRing = at.tot === undefined
    if (isUpToRing) at = { van: Math.min(at.van, readTo), tot: readTo }
    while (at.tot !== undefined && !isOver()) {
      const { rows, position } = await reader.readOn(at, largestPage)
      for (const change of changesOf(noun, rows)) {
        cursor = change.cursor
        yield change
      }
      at = position
    }
    if (at.tot !== undefined) break
    isReplayed = isUpToRing && !ring.hasLost(batch)
    if (!isReplayed) ({ readTo, batch } = point())
    cursor = writeCursor(noun, at)
    yield { cursor }
  }

  while (!isOver()) {
    if (ring.hasLost(batch) || ring.waitingAfter(batch) > maxBytes) {
      yield { cursor, einde: 'traag' }
      return
    }
    const items = ring.at(batch)
    if (items === undefined) {
      await ring.wait(signal)
      continue
    }
    batch += 1
    for (const item of items) {
      cursor = item.cursor
      yield item
      if (isOver()) break
    }
  }
  if (!signal.aborted) yield { cursor, einde: 'stop' }
}

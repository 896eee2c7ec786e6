import { writeCursor, type Noun, type Position } from './cursor.ts'
import type { Ring } from './ring.ts'
import { largestPage, type WindowReader, type Step } from './window.ts'

/** One change of VDAB's feed. Rows without an id (NOT_FOUND) do not become changes. */
export type Change = {
  readonly noun: Noun
  /** in lower case */
  readonly id: string
  /** the value of VDAB; any value other than GEPUBLICEERD (vacature) or OPEN (kandidaat) means removed */
  readonly status: string
  /**
   * the position after this change; a reader that resumes here gets each later change at least once, in order per id
   */
  readonly cursor: string
}
/**
 * A change, or only the position of the reader. The last item has `einde`, unless the reader aborted: "traag" = the
 * backlog of the reader was too large, "stop" = the gateway stops. The reader can resume with its cursor.
 */
export type Followed = Change | { readonly cursor: string; readonly einde?: 'traag' | 'stop' }

/** The changes among these rows. */
export const changesOf = (noun: Noun, rows: Step['rows']): Change[] =>
  rows.flatMap(({ row: { id, status }, position }) =>
    id === undefined ? [] : [{ noun, id, status, cursor: writeCursor(noun, position) }]
  )

type Options = {
  noun: Noun
  /** the first position; undefined = only new changes */
  from: Position | undefined
  reader: WindowReader
  ring: Ring<Followed>
  /** the end of the last poll (ms), and the first batch with later changes */
  point: () => { readTo: number; batch: number }
  isStopped: () => boolean
  signal: AbortSignal
  maxBytes: number
  overlapMs: number
}

/**
 * Replays changes from VDAB's feed, then follows the ring. The position in the ring is taken before the replay, and the
 * replay ends at that position. So no change is lost in between, and the changes of one id stay in order. If the ring
 * drops that position during the replay, the replay continues. A reader that falls behind later is ended, and can
 * resume.
 */
export async function* followChanges(options: Options): AsyncGenerator<Followed, void, void> {
  const { noun, from, reader, ring, point, isStopped, signal, maxBytes, overlapMs } = options
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

import { GatewayError } from '../errors.ts'
import type { Vdab } from '../vdab.ts'
import type { Noun, Position } from './cursor.ts'
import type { CursorFile } from './cursorFile.ts'
import { createOverlap } from './overlap.ts'
import { largestPage } from './window.ts'
import type { Reader, Step } from './window.ts'

type Rows = Step['rows']
type Dependencies = {
  noun: Noun
  reader: Reader
  vdab: Pick<Vdab, 'changed' | 'startAnew'>
  /** tells the readers, after the cache */
  publish: (rows: Rows) => void
  /** a poll begins: who starts to read from here on reads from `readTo` */
  onStart: () => void
  /** everything up to this instant was read, for good */
  onEnd: (settled: number) => void
  settings: { intervalMs: number; overlapMs: number; skewMs: number }
  maxDays: number
  file: CursorFile | undefined
  warn: (message: string) => void
  now: () => number
}

const dayMs = 86_400_000
const marginMs = 5000
const refusedMs = 10 * 60_000
const mostEmptySteps = 50
// The span that is read again takes one page as a rule. In a storm it takes many, and then it is not read at each poll.
const perFurtherPageMs = 250

/** A key that has no subscription to this product; nothing is gained by asking every minute. */
const isRefused = (error: unknown, noun: Noun) => error instanceof GatewayError && (error.upstreamStatus === 403 || (error.upstreamStatus === 401 && noun === 'kandidaat'))

/**
 * Follows one of VDAB's feeds. Each poll reads what changed up to now, and again the last `overlapMs` before, where VDAB may
 * list something late. What was not finished is read on by the next poll, so a feed that failed for a while has no gap.
 * `poll` must not be called while a poll runs.
 */
export const createFeed = ({ noun, reader, vdab, publish, onStart, onEnd, settings, maxDays, file, warn, now }: Dependencies) => {
  const { intervalMs, overlapMs, skewMs } = settings
  const kept = file?.load(noun)
  const overlap = createOverlap()
  let readTo = kept ?? now()
  let settled = readTo - overlapMs
  let unfinished: (Position & { tot: number }) | undefined
  let rereadNotBefore = -Infinity
  let pausedUntil = -Infinity
  let hasRead = false
  let failure: string | undefined
  let isStopped = false

  const tell = async (rows: Rows, tot: number) => {
    const ids = [...new Set(rows.flatMap(({ row: { id } }) => id ?? []))]
    if (ids.length > 0) await vdab.changed(noun, ids, tot + skewMs)
  }

  async function* pages(from: Position & { tot: number }, keep: (position: Position) => void = () => {}): AsyncGenerator<Rows> {
    for (let at: Position = from, empty = 0; at.tot !== undefined && !isStopped;) {
      const { rows, position } = await reader.readOn(at, largestPage)
      empty = rows.length > 0 ? 0 : empty + 1
      if (empty > mostEmptySteps) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read.')
      yield rows
      keep(position)
      at = position
    }
  }

  const readNew = async (from: Position & { tot: number }) => {
    const end = from.eind ?? from.tot
    const keep = (position: Position) => { unfinished = position.tot === undefined ? undefined : { ...position, tot: position.tot } }
    for await (const rows of pages(from, keep)) {
      await tell(rows, end)
      overlap.remember(rows)
      publish(rows)
    }
    if (!isStopped) readTo = end
  }

  const readAgain = async (startedAt: number) => {
    if (startedAt < rereadNotBefore || settled >= readTo) return
    const tot = readTo
    const isFirst = !hasRead && kept === undefined
    const { rows } = await overlap.compare(pages({ van: settled, tot }), async (late) => {
      await tell(late, tot)
      if (!isFirst) publish(late)
    })
    if (isStopped) return
    rereadNotBefore = startedAt + Math.floor(rows / largestPage) * perFurtherPageMs
    settled = Math.max(settled, startedAt - overlapMs)
  }

  const startAnew = (startedAt: number) => {
    warn(`Changes to a ${noun} were not read for more than the ${maxDays} days that VDAB tells of: what is cached of them is forgotten, and the feed starts from now.`)
    vdab.startAnew(noun)
    overlap.forget()
    unfinished = undefined
    readTo = startedAt
    settled = startedAt - overlapMs
  }

  const read = async (startedAt: number) => {
    onStart()
    if (startedAt - readTo > maxDays * dayMs) startAnew(startedAt)
    if (unfinished) await readNew(unfinished)
    await readAgain(startedAt)
    await readNew({ van: readTo, tot: Math.max(readTo, startedAt) })
    if (isStopped) return
    hasRead = true
    failure = undefined
    onEnd(readTo - overlapMs)
    await file?.save(noun, readTo)
  }

  return {
    /** Reads up to now; never rejects. Resolves to the ms after which to ask again, at the earliest. */
    poll: async (): Promise<number> => {
      const startedAt = now()
      if (isStopped || startedAt < pausedUntil) return Math.min(intervalMs, Math.max(0, pausedUntil - startedAt))
      try {
        await read(startedAt)
        return intervalMs
      } catch (error) {
        const { code, retryAfter = 0 } = error instanceof GatewayError ? error : { code: 'INTERNAL' }
        failure = code
        if (isRefused(error, noun)) {
          pausedUntil = now() + refusedMs
          warn(`VDAB refuses its feed of changes to a ${noun}; it is asked again in ten minutes, and until then changes are not followed.`)
        } else warn(`VDAB's feed of changes to a ${noun} cannot be read (${code}); answers are kept for shorter until it can.`)
        return Math.max(intervalMs, retryAfter * 1000)
      }
    },
    /** Up to when the changes are known (ms). */
    readTo: () => readTo,
    /** Was the feed read to its end lately, and without a failure since? */
    isFollowed: () => hasRead && failure === undefined && now() - readTo <= 2 * intervalMs + marginMs,
    failure: () => failure,
    stop: () => { isStopped = true }
  }
}

export type Feed = ReturnType<typeof createFeed>

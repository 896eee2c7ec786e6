import { GatewayError } from '../errors.ts'
import type { Vdab } from '../vdab/lookup.ts'
import type { Noun, Position } from './cursor.ts'
import type { CursorFile } from './cursorFile.ts'
import { largestPage } from './window.ts'
import type { WindowReader, Step } from './window.ts'

type Rows = Step['rows']
type Window = Position & { tot: number }
type Dependencies = {
  noun: Noun
  reader: WindowReader
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

/** How far a feed has come, as plain data: `pausedUntil` when VDAB refuses it, `failure` of the last poll. Instants are in ms. */
export type Progress = {
  readonly readTo: number
  readonly hasRead: boolean
  readonly failure?: string | undefined
  readonly pausedUntil?: number | undefined
}

const dayMs = 86_400_000
const marginMs = 5000
const refusedMs = 10 * 60_000
// A clock that is kept right by small steps moves less.
const turnedBackMs = 1000
const mostEmptySteps = 50

/** A key that has no subscription to this product; nothing is gained by asking every minute. */
const isRefused = (error: unknown, noun: Noun) =>
  error instanceof GatewayError &&
  (error.upstreamStatus === 403 || (error.upstreamStatus === 401 && noun === 'kandidaat'))

/** What is asked of a feed that has come so far. */
export const feedStatusOf = (
  progress: () => Progress,
  { intervalMs, now }: { intervalMs: number; now: () => number }
) => {
  const isLate = () => now() - progress().readTo > 2 * intervalMs + marginMs
  return {
    /** Up to when the changes are known (ms). */
    readTo: () => progress().readTo,
    /** Was the feed read to its end lately, and without a failure since? */
    isFollowed: () => {
      const { hasRead, failure } = progress()
      return hasRead && failure === undefined && !isLate()
    },
    /** Why it is not followed; undefined when it is. */
    reason: () => {
      const { hasRead, failure } = progress()
      return failure ?? (!hasRead ? 'not read yet' : isLate() ? 'behind' : undefined)
    },
    /** Does VDAB not let this key read it? */
    isRefused: () => now() < (progress().pausedUntil ?? -Infinity)
  }
}

/** A feed as its readers see it, in whichever process it is read. */
export type FeedStatus = ReturnType<typeof feedStatusOf>

/**
 * Follows one of VDAB's feeds. Each poll reads what changed since the last one, and `skewMs` before, since VDAB's clock may
 * be behind. As VDAB may also list a change late, a poll in each `overlapMs` reads that time before again. Rows carry no time
 * and no version, so a row that was told before is told again: it may be another change. What was not finished is read on by
 * the next poll, so a feed that failed for a while has no gap. `poll` must not be called while a poll runs.
 */
export const createFeed = ({
  noun,
  reader,
  vdab,
  publish,
  onStart,
  onEnd,
  settings,
  maxDays,
  file,
  warn,
  now
}: Dependencies) => {
  const { intervalMs, overlapMs, skewMs } = settings
  const kept = file?.load(noun)
  let readTo = kept ?? now()
  let settled = readTo - overlapMs
  let unfinished: Window | undefined
  let rereadAt = kept === undefined ? readTo : -Infinity
  let pausedUntil: number | undefined
  let hasRead = false
  let failure: string | undefined
  let isStopped = false

  const progress = (): Progress => ({ readTo, hasRead, failure, pausedUntil })

  const tell = async (rows: Rows, tot: number) => {
    const ids = [...new Set(rows.flatMap(({ row: { id } }) => id ?? []))]
    if (ids.length > 0) await vdab.changed(noun, ids, tot + skewMs)
    publish(rows)
  }

  /** Reads a window to its end and tells its rows, page by page; `keep` learns how far it is. */
  const readAll = async (from: Window, keep: (position: Window | undefined) => void = () => {}) => {
    const end = from.eind ?? from.tot
    for (let at: Window | undefined = from, empty = 0; at !== undefined && !isStopped;) {
      const { rows, position } = await reader.readOn(at, largestPage)
      empty = rows.length > 0 ? 0 : empty + 1
      if (empty > mostEmptySteps)
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read.')
      await tell(rows, end)
      at = position.tot === undefined ? undefined : { ...position, tot: position.tot }
      keep(at)
    }
    return end
  }

  const readNew = async (from: Window) => {
    const end = await readAll(from, (position) => {
      unfinished = position
    })
    if (!isStopped) readTo = end
  }

  const readAgain = async (startedAt: number) => {
    if (overlapMs === 0 || startedAt - rereadAt < overlapMs || settled >= readTo) return
    await readAll({ van: settled, tot: readTo })
    rereadAt = startedAt
    settled = startedAt - overlapMs
  }

  const startAnew = (startedAt: number, why: string) => {
    warn(`${why}: what is cached of them is forgotten, and the feed starts from now.`)
    vdab.startAnew(noun)
    unfinished = undefined
    readTo = startedAt
    settled = startedAt - overlapMs
    rereadAt = startedAt
  }

  const read = async (startedAt: number) => {
    onStart()
    if (startedAt - readTo > maxDays * dayMs)
      startAnew(startedAt, `Changes to a ${noun} were not read for more than the ${maxDays} days that VDAB tells of`)
    // Until the clock came to where it was, nothing new would be read.
    if (readTo - startedAt > skewMs + turnedBackMs)
      startAnew(startedAt, `The clock was set back, and changes to a ${noun} were read up to later than now`)
    if (unfinished) await readNew(unfinished)
    await readAgain(startedAt)
    const tot = Math.max(readTo, startedAt)
    await readNew({ van: Math.max(readTo - skewMs, tot - maxDays * dayMs), tot })
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
      const pause = (pausedUntil ?? -Infinity) - startedAt
      if (isStopped || pause > 0) return Math.min(intervalMs, Math.max(0, pause))
      try {
        await read(startedAt)
        return intervalMs
      } catch (error) {
        if (isStopped) return intervalMs
        const { code } = error instanceof GatewayError ? error : { code: 'INTERNAL' }
        failure = code
        if (isRefused(error, noun)) {
          pausedUntil = now() + refusedMs
          warn(
            `VDAB refuses its feed of changes to a ${noun}; it is asked again in ten minutes, and until then changes are not followed.`
          )
        } else
          warn(
            `VDAB's feed of changes to a ${noun} cannot be read (${code}); answers are kept for shorter until it can.`
          )
        return intervalMs // no call is made before VDAB's wait is over, so that nothing has to be waited for here
      }
    },
    ...feedStatusOf(progress, { intervalMs, now }),
    progress,
    stop: () => {
      isStopped = true
    }
  }
}

export type Feed = ReturnType<typeof createFeed>

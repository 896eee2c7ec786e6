import { GatewayError } from '../errors.ts'
import type { Vdab } from '../vdab/lookup.ts'
import type { Noun } from './cursor.ts'
import type { CursorFile } from './cursorFile.ts'
import { largestPage, type WindowReader, type OpenWindow, type Step } from './window.ts'

type Rows = Step['rows']
type Dependencies = {
  noun: Noun
  reader: WindowReader
  vdab: Pick<Vdab, 'changed' | 'startAnew'>
  /** passes rows to the readers, after the invalidation of the cache */
  publish: (rows: Rows) => void
  onStart: () => void
  /** a poll has ended, and no change before `settled` (ms) will follow */
  onEnd: (settled: number) => void
  settings: { intervalMs: number; overlapMs: number; skewMs: number }
  maxDays: number
  file: CursorFile | undefined
  warn: (message: string) => void
  now: () => number
}

/**
 * The progress of a feed as plain data; instants in ms. Changes that VDAB lists late are known up to `settled`.
 * `failure` is the error code of the last poll. The feed is not polled before `pausedUntil`, because VDAB refused it.
 */
export type Progress = {
  readonly readTo: number
  readonly settled: number
  readonly hasRead: boolean
  readonly failure?: string | undefined
  readonly pausedUntil?: number | undefined
}

const dayMs = 86_400_000
const marginMs = 5000
const refusedMs = 10 * 60_000
// NTP corrections of the clock are smaller than this.
const turnedBackMs = 1000
const mostEmptySteps = 50

/** True when the key has no subscription to this product; polling each minute is then useless. */
const isRefused = (error: unknown, noun: Noun) =>
  error instanceof GatewayError &&
  (error.upstreamStatus === 403 || (error.upstreamStatus === 401 && noun === 'kandidaat'))

/** The status of a feed, derived from its progress. */
export const createFeedStatus = (
  progress: () => Progress,
  { intervalMs, now }: { intervalMs: number; now: () => number }
) => {
  const reason = () => {
    const { hasRead, failure, readTo } = progress()
    const isLate = now() - readTo > 2 * intervalMs + marginMs
    return failure ?? (!hasRead ? 'not read yet' : isLate ? 'behind' : undefined)
  }
  return {
    /** The instant (ms) up to which the changes are known. */
    readTo: () => progress().readTo,
    /** Was the feed read to its end recently, without a later failure? */
    isFollowed: () => reason() === undefined,
    /** Why the feed is not followed; undefined when it is followed. */
    reason,
    /** Does VDAB refuse this feed to our key? */
    isRefused: () => now() < (progress().pausedUntil ?? -Infinity)
  }
}

export type FeedStatus = ReturnType<typeof createFeedStatus>

/**
 * Polls one of VDAB's feeds. Each poll reads the changes since the previous poll, and the `skewMs` before that, since
 * VDAB's clock can be behind. VDAB can also list a change late, so once per `overlapMs` a poll reads that period again.
 * Rows have no time and no version, so a repeated row is published again: it can be another change. The next poll
 * continues an unfinished window, so a failure of the feed leaves no gap. `poll` must not run twice at the same time.
 */
export const createFeed = (dependencies: Dependencies) => {
  const { noun, reader, vdab, publish, onStart, onEnd, settings, maxDays, file, warn, now } = dependencies
  const { intervalMs, overlapMs, skewMs } = settings
  const stored = file?.load(noun)
  let readTo = stored ?? now()
  let settled = readTo - overlapMs
  let unfinished: OpenWindow | undefined
  let rereadAt = stored === undefined ? readTo : -Infinity
  let pausedUntil: number | undefined
  let hasRead = false
  let failure: string | undefined
  let isStopped = false

  const progress = (): Progress => ({ readTo, settled, hasRead, failure, pausedUntil })

  /** Reads a window to its end and publishes its rows page by page. `onPage` receives the position after each page. */
  const readAll = async (from: OpenWindow, onPage: (position: OpenWindow | undefined) => void = () => {}) => {
    const end = from.eind ?? from.tot
    for (let at: OpenWindow | undefined = from, empty = 0; at !== undefined && !isStopped;) {
      const { rows, position } = await reader.readOn(at, largestPage)
      empty = rows.length > 0 ? 0 : empty + 1
      if (empty > mostEmptySteps)
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read.')
      const ids = [...new Set(rows.flatMap(({ row: { id } }) => id ?? []))]
      if (ids.length > 0) await vdab.changed(noun, ids, end + skewMs)
      publish(rows)
      at = position.tot === undefined ? undefined : { ...position, tot: position.tot }
      onPage(at)
    }
    return end
  }

  const readNew = async (from: OpenWindow) => {
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

  const startAnew = (startedAt: number, reason: string) => {
    warn(`${reason}: their cached records are dropped, and the feed starts from now.`)
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
    // Without this step, the feed would read nothing until the clock reaches `readTo` again.
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

  const fail = (error: unknown) => {
    failure = error instanceof GatewayError ? error.code : 'INTERNAL'
    const feed = `feed of changes to a ${noun}`
    if (isRefused(error, noun)) {
      pausedUntil = now() + refusedMs
      warn(`VDAB refuses its ${feed}; the gateway does not follow changes, and asks again in ten minutes.`)
    } else warn(`VDAB's ${feed} cannot be read (${failure}); answers are cached for a shorter time until it can.`)
  }

  return {
    /** Reads up to now. Never rejects. Resolves to the delay (ms) before the next poll. */
    poll: async (): Promise<number> => {
      const startedAt = now()
      const pause = (pausedUntil ?? -Infinity) - startedAt
      if (isStopped || pause > 0) return Math.min(intervalMs, Math.max(0, pause))
      await read(startedAt).catch((error: unknown) => {
        if (!isStopped) fail(error)
      })
      return intervalMs // the client itself delays calls while VDAB requests a pause
    },
    ...createFeedStatus(progress, { intervalMs, now }),
    progress,
    /** Continues from the position that another process has reached, unless this process is further. */
    adopt: async (other: Progress): Promise<void> => {
      if (other.readTo < readTo) return
      ;({ readTo } = other)
      settled = Math.max(settled, other.settled)
      rereadAt = settled + overlapMs
      unfinished = undefined
      pausedUntil = undefined
      hasRead = true
      failure = undefined
      await file?.save(noun, readTo)
    },
    stop: () => {
      isStopped = true
    }
  }
}

import { GatewayError } from '../errors.ts'
import type { Cause } from '../upstream/client.ts'
import type { Vdab } from '../vdab.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Noun, Position } from './cursor.ts'
import { createCursorFile } from './cursorFile.ts'
import { createFeed } from './feed.ts'
import { changesOf, following } from './follow.ts'
import type { Change, Followed } from './follow.ts'
import { createRing } from './ring.ts'
import { createReader, largestPage } from './window.ts'

export type { Change, Followed } from './follow.ts'
export type FollowOptions = {
  /** a cursor; without it only what comes from now on */
  sinds?: string | undefined
  signal: AbortSignal
  /** past so many bytes of changes that wait for this reader, it is ended */
  maxBytes?: number | undefined
  /** called before each question to VDAB on account of this reader; what it throws ends the reader */
  onAsk?: () => void
}

type Dependencies = {
  vdab: Pick<Vdab, 'bulk' | 'changed' | 'startAnew'>
  settings: { intervalMs: number; overlapMs: number; skewMs: number; cursorFile: string | undefined }
  maxDays: number
  warn: (message: string) => void
  now?: () => number
}

const dayMs = 86_400_000
const nouns = ['vacature', 'kandidaat'] as const
const mostSteps = 50
const ringBytes = 16 * 1024 * 1024
const standardBacklog = 2 * 1024 * 1024
// A change in the ring: its object and strings of which the status is shared.
const bytesOf = ({ cursor }: Followed) => 200 + cursor.length

/** The changes that VDAB tells of: followed, kept from the cache, and passed on as pages and as streams, on one cursor. */
export const createChanges = ({ vdab, settings, maxDays, warn, now = Date.now }: Dependencies) => {
  const { intervalMs, overlapMs, cursorFile } = settings
  const file = cursorFile === undefined || intervalMs === 0 ? undefined : createCursorFile({ path: cursorFile, warn, now })
  const stopping = new AbortController()

  const readerFor = (noun: Noun, cause: Cause, onAsk: () => void = () => {}) => createReader({
    overlapMs,
    maxMs: maxDays * dayMs,
    now,
    ask: ({ van, tot, vanaf, aantal }) => {
      onAsk()
      return vdab.bulk(noun, { van: [new Date(van).toISOString()], tot: [new Date(tot).toISOString()], vanaf: [String(vanaf)], aantal: [String(aantal)] }, cause)
    }
  })
  const inBackground = (): Cause => ({ upstreamCalls: 0, isBackground: () => true })

  const followed = (noun: Noun) => {
    const ring = createRing<Followed>({ maxBytes: ringBytes })
    const add = (items: readonly Followed[]) => { if (items.length > 0) ring.add(items, items.reduce((sum, item) => sum + bytesOf(item), 0)) }
    let pollBatch: number | undefined
    const feed = createFeed({
      noun,
      reader: readerFor(noun, inBackground()),
      vdab,
      publish: (rows) => { add(changesOf(noun, rows)) },
      onStart: () => { pollBatch = ring.next() },
      onEnd: (settled) => { add([{ cursor: writeCursor(noun, { van: settled }) }]) },
      settings,
      maxDays,
      file,
      warn,
      now
    })
    let running = Promise.resolve(intervalMs)
    let timer: NodeJS.Timeout | undefined
    const poll = () => {
      running = running.then(() => feed.poll()).finally(() => { pollBatch = undefined })
      return running
    }
    const run = async () => {
      const startedAt = performance.now()
      const nextMs = await poll()
      if (!stopping.signal.aborted) timer = setTimeout(() => { void run() }, Math.max(0, nextMs - (performance.now() - startedAt))).unref()
    }
    const stop = () => {
      feed.stop()
      clearTimeout(timer)
      ring.wake()
    }
    return { ring, feed, poll, start: () => { void run() }, stop, point: () => ({ readTo: feed.readTo(), batch: pollBatch ?? ring.next() }) }
  }
  const feeds = { vacature: followed('vacature'), kandidaat: followed('kandidaat') }

  const positionOf = (noun: Noun, cursor: string, field?: string): Position => {
    const position = readCursor(noun, cursor, field)
    if (now() - (position.tot ?? position.van) > maxDays * dayMs) {
      throw new GatewayError('BAD_USER_INPUT', `This cursor is older than the ${maxDays} days that VDAB tells of; take a new export and go on with its cursor.`, { field: field ?? 'sinds', status: 410 })
    }
    return position
  }

  return {
    /** Where a reader that wants only what comes from now on starts. */
    cursor: (noun: Noun): string => writeCursor(noun, { van: now() - overlapMs }),
    /** Throws BAD_USER_INPUT, naming `field`, when this is no cursor, with status 410 when it is older than what VDAB tells of. */
    check: (noun: Noun, cursor: string, field?: string) => { positionOf(noun, cursor, field) },
    /** One page after a cursor, read from VDAB's own feed, so it survives a restart of the gateway. May be empty although more follow. */
    page: async (noun: Noun, sinds: string, aantal: number, cause: Cause): Promise<{ changes: readonly Change[]; cursor: string; hasMore: boolean }> => {
      const reader = readerFor(noun, cause)
      let position = positionOf(noun, sinds)
      for (let left = mostSteps; left > 0; left -= 1) {
        const { rows, position: next } = await reader.readOn(position, Math.min(aantal, largestPage))
        position = next
        if (rows.length > 0 || position.tot === undefined) return { changes: changesOf(noun, rows), cursor: writeCursor(noun, position), hasMore: position.tot !== undefined }
      }
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read; ask again.', { retryAfter: 5, status: 503 })
    },
    /**
     * What came after `sinds` and then what comes, on one cursor; ends when `signal` aborts or the gateway stops. A cursor
     * without a change says how far the reader has come. Throws at once when `sinds` is not right, or when the feeds are not followed.
     */
    follow: (noun: Noun, { sinds, signal, maxBytes = standardBacklog, onAsk }: FollowOptions): AsyncIterable<Followed, void, void> => {
      const from = sinds === undefined ? undefined : positionOf(noun, sinds)
      if (intervalMs === 0) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Changes are not followed here: the operator has set FEED_INTERVAL_MS to 0.', { status: 503 })
      const { ring, point } = feeds[noun]
      return following({ noun, from, reader: readerFor(noun, inBackground(), onAsk), ring, point, isStopped: () => stopping.signal.aborted, signal, maxBytes, overlapMs })
    },
    /** Reads every feed now, after a poll that may be under way; resolves when it is read, and never rejects. */
    poll: async (): Promise<void> => { if (intervalMs > 0) await Promise.all(nouns.map((noun) => feeds[noun].poll())) },
    /** Is this feed read, without a failure, up to lately? */
    isFollowed: (noun: Noun): boolean => intervalMs > 0 && feeds[noun].feed.isFollowed(),
    /** How each feed does, for `/health/ready`. */
    state: () => {
      const of = ({ feed }: (typeof feeds)[Noun]) => {
        const reason = feed.reason()
        return { healthy: feed.isFollowed(), behindMs: now() - feed.readTo(), ...(reason === undefined ? {} : { reason }) }
      }
      return intervalMs === 0 ? { vacatures: { healthy: false, reason: 'off' }, kandidaten: { healthy: false, reason: 'off' } } : { vacatures: of(feeds.vacature), kandidaten: of(feeds.kandidaat) }
    },
    /** Polls from now on, each feed at its own pace. */
    start: () => { if (intervalMs > 0) for (const noun of nouns) feeds[noun].start() },
    /** Ends every poll and every reader. */
    stop: () => {
      stopping.abort()
      for (const noun of nouns) feeds[noun].stop()
    }
  }
}

export type Changes = ReturnType<typeof createChanges>

import { badInput, GatewayError } from '../errors.ts'
import type { Cause } from '../upstream/client.ts'
import { waitFor } from '../upstream/wait.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Noun, Position } from './cursor.ts'
import { createCursorFile } from './cursorFile.ts'
import type { Progress } from './feed.ts'
import { changesOf, following } from './follow.ts'
import type { Change, Followed } from './follow.ts'
import { createShelf, createSource } from './source.ts'
import type { Shelf, Source } from './source.ts'
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

/** `behindMs`: how long ago the changes were last known; absent where the feeds are off. */
export type FeedState = { healthy: boolean; behindMs?: number; reason?: string }

type Dependencies = {
  vdab: Pick<Vdab, 'bulk' | 'changed' | 'startAnew'>
  settings: { intervalMs: number; overlapMs: number; skewMs: number; cursorFile: string | undefined }
  maxDays: number
  warn: (message: string) => void
  now?: () => number
  /** where what a feed tells is put */
  shelfOf?: (noun: Noun) => Shelf
  /** a feed that another process reads */
  sourceOf?: ((noun: Noun) => Source) | undefined
}

const dayMs = 86_400_000
const nouns = ['vacature', 'kandidaat'] as const
const mostSteps = 50
// By so much a clock may have been set back since a cursor was given.
const aheadMs = 60_000
const standardBacklog = 2 * 1024 * 1024

// A poll must not wait behind everybody else, or the promise would not hold under load; the pages of a storm may.
const ofPoll = (vanaf: number): Cause => ({ upstreamCalls: 0, isBackground: () => vanaf > 0 })
const ofReplay = (signal: AbortSignal) => (): Cause => ({
  upstreamCalls: 0,
  isBackground: () => true,
  wait: waitFor(signal)
})

/** The changes that VDAB tells of: followed, kept from the cache, and passed on as pages and as streams, on one cursor. */
export const createChanges = ({
  vdab,
  settings,
  maxDays,
  warn,
  now = Date.now,
  shelfOf = createShelf,
  sourceOf
}: Dependencies) => {
  const { intervalMs, overlapMs, cursorFile } = settings
  const isOn = intervalMs > 0
  const file =
    cursorFile === undefined || !isOn || sourceOf ? undefined : createCursorFile({ path: cursorFile, warn, now })
  const stopping = new AbortController()

  const readerFor = (noun: Noun, causeOf: (vanaf: number) => Cause, onAsk: () => void = () => {}, upTo = now) =>
    createReader({
      overlapMs,
      maxMs: maxDays * dayMs,
      now: upTo,
      ask: ({ van, tot, vanaf, aantal }) => {
        onAsk()
        return vdab.bulk(
          noun,
          {
            van: [new Date(van).toISOString()],
            tot: [new Date(tot).toISOString()],
            vanaf: [String(vanaf)],
            aantal: [String(aantal)]
          },
          causeOf(vanaf)
        )
      }
    })

  const readHere = (noun: Noun) =>
    createSource({
      noun,
      reader: readerFor(noun, ofPoll),
      vdab,
      settings,
      maxDays,
      file,
      shelf: shelfOf(noun),
      warn,
      now
    })
  const sources = { vacature: (sourceOf ?? readHere)('vacature'), kandidaat: (sourceOf ?? readHere)('kandidaat') }

  const positionOf = (noun: Noun, cursor: string, field?: string): Position => {
    const position = readCursor(noun, cursor, field)
    // None that was given says so, and its window would be read up to now again and again.
    if (Math.max(position.tot ?? 0, position.eind ?? 0) > now() + settings.skewMs + aheadMs)
      throw badInput(field ?? 'sinds', 'is a cursor of the future')
    if (now() - (position.tot ?? position.van) > maxDays * dayMs) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        `This cursor is older than the ${maxDays} days that VDAB tells of; take a new export and go on with its cursor.`,
        { field: field ?? 'sinds', status: 410 }
      )
    }
    return position
  }

  return {
    /** Where a reader that wants only what comes from now on starts. */
    cursor: (noun: Noun): string => writeCursor(noun, { van: now() - overlapMs }),
    /** Throws BAD_USER_INPUT, naming `field`, when this is no cursor, with status 410 when it is older than what VDAB tells of. */
    check: (noun: Noun, cursor: string, field?: string) => positionOf(noun, cursor, field),
    /** One page after a cursor, read from VDAB's own feed, so it survives a restart of the gateway. May be empty although more follow. */
    page: async (
      noun: Noun,
      sinds: string,
      aantal: number,
      cause: Cause
    ): Promise<{ changes: readonly Change[]; cursor: string; hasMore: boolean }> => {
      let position = positionOf(noun, sinds)
      const askedAt = now()
      // A page may be ahead of the feed, and whoever reads here of a change asks for the record next: so the cache has to
      // be told. Up to where the feed has been read it knows already, and a reader that was long away would empty it.
      const { feed } = sources[noun]
      const readTo = isOn && feed.isFollowed() ? feed.readTo() : -Infinity
      const isBehind = position.tot === undefined && position.van < readTo - overlapMs - settings.intervalMs
      const reader = readerFor(
        noun,
        () => cause,
        undefined,
        () => (isBehind ? readTo : now())
      )
      for (let left = mostSteps; left > 0; left -= 1) {
        const from = reader.open(position)
        const { rows, position: next } = await reader.readOn(from, Math.min(aantal, largestPage))
        position = next
        if (rows.length === 0 && position.tot !== undefined) continue
        const changes = changesOf(noun, rows)
        if (changes.length > 0 && (from.eind ?? from.tot) > readTo)
          await vdab.changed(noun, [...new Set(changes.map(({ id }) => id))], (from.eind ?? from.tot) + settings.skewMs)
        // A window that was opened some time ago ends before now: what came since is still to be read.
        return {
          changes,
          cursor: writeCursor(noun, position),
          hasMore: position.tot !== undefined || (from.eind ?? from.tot) < askedAt
        }
      }
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read; ask again.', {
        retryAfter: 5,
        status: 503
      })
    },
    /**
     * What came after `sinds` and then what comes, on one cursor; ends when `signal` aborts or the gateway stops. A cursor
     * without a change says how far the reader has come. Throws at once when `sinds` is not right, or when the feeds are not followed.
     */
    follow: (
      noun: Noun,
      { sinds, signal, maxBytes = standardBacklog, onAsk }: FollowOptions
    ): AsyncIterable<Followed, void, void> => {
      const from = sinds === undefined ? undefined : positionOf(noun, sinds)
      if (!isOn)
        throw new GatewayError(
          'UPSTREAM_UNAVAILABLE',
          'Changes are not followed here: the operator has set FEED_INTERVAL_MS to 0.',
          { status: 503 }
        )
      const { ring, point, feed } = sources[noun]
      if (feed.isRefused())
        throw new GatewayError(
          'UPSTREAM_REFUSED',
          'VDAB refuses its feed of these changes to this gateway; its operator must look at the subscription of VDAB_API_KEY.'
        )
      return following({
        noun,
        from,
        reader: readerFor(noun, ofReplay(signal), onAsk),
        ring,
        point,
        isStopped: () => stopping.signal.aborted,
        signal,
        maxBytes,
        overlapMs
      })
    },
    /** Reads every feed now, after a poll that may be under way; resolves when it is read, and never rejects. */
    poll: async (): Promise<void> => {
      if (isOn) await Promise.all(nouns.map((noun) => sources[noun].poll()))
    },
    /** Is this feed read, without a failure, up to lately? */
    isFollowed: (noun: Noun): boolean => isOn && sources[noun].feed.isFollowed(),
    /** How each feed does, for `/health/ready`. */
    state: () => {
      const of = ({ feed }: Source): FeedState => {
        if (!isOn) return { healthy: false, reason: 'off' }
        const reason = feed.reason()
        return {
          healthy: reason === undefined,
          behindMs: now() - feed.readTo(),
          ...(reason === undefined ? {} : { reason })
        }
      }
      return { vacatures: of(sources.vacature), kandidaten: of(sources.kandidaat) }
    },
    /** Does this between two polls of a feed, with how far it has come. */
    between: (noun: Noun, work: (progress: Progress) => void): Promise<unknown> => sources[noun].between(work),
    /** Polls from now on, each feed at its own pace. */
    start: () => {
      if (isOn) for (const noun of nouns) sources[noun].start()
    },
    /** Ends every poll and every reader. */
    stop: () => {
      stopping.abort()
      for (const noun of nouns) sources[noun].stop()
    }
  }
}

export type Changes = ReturnType<typeof createChanges>

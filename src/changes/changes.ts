import { badInput, GatewayError } from '../errors.ts'
import type { SharedLog } from '../sharing/contract.ts'
import type { Cause } from '../upstream/client.ts'
import { waitFor } from '../upstream/wait.ts'
import { feedNouns, readCursor, writeCursor, type Noun, type Position } from './cursor.ts'
import { changesOf, followChanges, type Followed } from './follow.ts'
import { createSharedSources } from './sharedSources.ts'
import { createSources, type ChangeSource, type SourceOptions } from './source.ts'
import { createBulkReader, largestPage } from './window.ts'

export type { Change, Followed } from './follow.ts'
export type FollowOptions = {
  /** a cursor; without it the reader gets only new changes */
  sinds?: string | undefined
  signal: AbortSignal
  /** the largest backlog of this reader, in bytes; a reader with a larger backlog is ended */
  maxBytes?: number | undefined
  /** called before each call to VDAB for this reader; a rejection ends the reader */
  onAsk?: () => Promise<unknown>
}

/** `behindMs` is the age of the last known state; absent if the feeds are off. */
type FeedState = { healthy: boolean; behindMs?: number; reason?: string }

type Dependencies = Omit<SourceOptions, 'now'> & {
  now?: () => number
  /** feeds that another process polls */
  sourceOf?: ((noun: Noun) => ChangeSource) | undefined
  /** feeds that one of several gateways polls at a time */
  logOf?: ((noun: Noun) => SharedLog) | undefined
}

const dayMs = 86_400_000
const mostSteps = 50
// The largest step back of the clock since a cursor was made.
const aheadMs = 60_000
const standardBacklog = 2 * 1024 * 1024

/** The changes of VDAB's feeds. They invalidate the cache, and readers get them as pages and as streams. */
export const createChanges = ({ now = Date.now, sourceOf, logOf, ...options }: Dependencies) => {
  const { vdab, maxDays, settings } = options
  const { intervalMs, overlapMs, skewMs } = settings
  const isOn = intervalMs > 0
  const stopping = new AbortController()
  const sources: Readonly<Record<Noun, ChangeSource>> = sourceOf
    ? { vacature: sourceOf('vacature'), kandidaat: sourceOf('kandidaat') }
    : logOf
      ? createSharedSources({ ...options, now }, logOf)
      : createSources({ ...options, now })

  const positionOf = (noun: Noun, cursor: string, field = 'sinds'): Position => {
    const position = readCursor(noun, cursor, field)
    // The gateway never makes such a cursor. Accepting it would read the window up to now again and again.
    if (Math.max(position.tot ?? 0, position.eind ?? 0) > now() + skewMs + aheadMs)
      throw badInput(field, 'is a cursor of the future')
    if (now() - (position.tot ?? position.van) > maxDays * dayMs)
      throw new GatewayError(
        'BAD_USER_INPUT',
        `This cursor is older than the ${maxDays} days that VDAB tells of; ` +
          'take a new export and go on with its cursor.',
        { field, status: 410 }
      )
    return position
  }

  return {
    /** The position from which a reader gets the changes after an instant (ms); by default only new changes. */
    cursor: (noun: Noun, instant = now() - overlapMs): string => writeCursor(noun, { van: instant }),
    /** Throws BAD_USER_INPUT, with `field`, for an invalid cursor; 410 when it is older than VDAB's feed. */
    check: (noun: Noun, cursor: string, field?: string) => void positionOf(noun, cursor, field),
    /** One page after a cursor, from VDAB's feed, so it survives a restart. It can be empty although more follow. */
    page: async (noun: Noun, sinds: string, aantal: number, cause: Cause) => {
      let position = positionOf(noun, sinds)
      const askedAt = now()
      // A page can be ahead of the feed, and its reader fetches these records next, so the page invalidates the cache
      // itself. The feed has already invalidated the rows up to `readTo`. A second invalidation would empty the cache
      // when a reader resumes from an old cursor.
      const { feed } = sources[noun]
      const readTo = isOn && feed.isFollowed() ? feed.readTo() : -Infinity
      const isBehind = position.tot === undefined && position.van < readTo - overlapMs - intervalMs
      const until = () => (isBehind ? readTo : now())
      const reader = createBulkReader({ vdab, noun, causeOf: () => cause, overlapMs, maxDays, now: until })
      for (let left = mostSteps; left > 0; left -= 1) {
        const from = reader.open(position)
        const end = from.eind ?? from.tot
        const { rows, position: next } = await reader.readOn(from, Math.min(aantal, largestPage))
        position = next
        if (rows.length === 0 && position.tot !== undefined) continue
        const changes = changesOf(noun, rows)
        if (changes.length > 0 && end > readTo)
          await vdab.changed(noun, [...new Set(changes.map(({ id }) => id))], end + skewMs)
        // A window that was opened earlier ends before now, so later changes are still to be read.
        const hasMore = position.tot !== undefined || end < askedAt
        return { changes, cursor: writeCursor(noun, position), hasMore }
      }
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read; ask again.', {
        retryAfter: 5,
        status: 503
      })
    },
    /**
     * The changes after `sinds`, followed by new changes; ends when `signal` aborts or the gateway stops. An item that
     * is only a cursor reports the position. Throws at once when `sinds` is invalid or the feeds are not followed.
     */
    follow: (noun: Noun, options: FollowOptions): AsyncIterable<Followed, void, void> => {
      const { sinds, signal, maxBytes = standardBacklog, onAsk } = options
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
          'VDAB refuses its feed of these changes to this gateway; ' +
            'its operator must look at the subscription of VDAB_API_KEY.'
        )
      const causeOf = (): Cause => ({ upstreamCalls: 0, isBackground: () => true, wait: waitFor(signal), kind: 'feed' })
      const reader = createBulkReader({ vdab, noun, causeOf, onAsk, overlapMs, maxDays, now })
      const isStopped = () => stopping.signal.aborted
      return followChanges({ noun, from, reader, ring, point, isStopped, signal, maxBytes, overlapMs })
    },
    /** Polls both feeds, after a running poll; never rejects. */
    poll: async (): Promise<void> => {
      if (isOn) await Promise.all(feedNouns.map((noun) => sources[noun].poll()))
    },
    /** Was this feed read recently, without a later failure? */
    isFollowed: (noun: Noun): boolean => isOn && sources[noun].feed.isFollowed(),
    /** The state of each feed, for `/health/ready`. */
    state: () => {
      const stateOf = ({ feed }: ChangeSource): FeedState => {
        if (!isOn) return { healthy: false, reason: 'off' }
        const reason = feed.reason()
        const behindMs = now() - feed.readTo()
        return { healthy: reason === undefined, behindMs, ...(reason === undefined ? {} : { reason }) }
      }
      return { vacatures: stateOf(sources.vacature), kandidaten: stateOf(sources.kandidaat) }
    },
    /** Starts polling the feeds that this process polls. */
    start: () => {
      if (isOn) for (const noun of feedNouns) sources[noun].start?.()
    },
    /** Ends every poll and every reader. */
    stop: () => {
      stopping.abort()
      for (const noun of feedNouns) sources[noun].stop()
    }
  }
}

export type Changes = ReturnType<typeof createChanges>

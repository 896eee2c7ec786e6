import type { Cause } from '../upstream/client.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { writeCursor, type Noun } from './cursor.ts'
import { createCursorFile, type CursorFile } from './cursorFile.ts'
import { createFeed, type FeedStatus, type Progress } from './feed.ts'
import { changesOf, type Change, type Followed } from './follow.ts'
import { createRing, type Ring } from './ring.ts'
import { createBulkReader } from './window.ts'

const ringBytes = 16 * 1024 * 1024
// The memory of one change: its object and its strings. V8 holds each status string once.
const bytesOf = ({ cursor }: Followed) => 200 + cursor.length

/** Buffers the changes of one feed for all readers, and marks where the current poll began. */
export const createChangeBuffer = (noun: Noun) => {
  const ring = createRing<Followed>({ maxBytes: ringBytes })
  let pollBatch: number | undefined
  const add = (items: readonly Followed[]) => {
    const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0)
    if (items.length > 0) ring.add(items, bytes)
  }

  return {
    ring,
    beginPoll: () => {
      pollBatch = ring.next()
    },
    publish: (changes: readonly Change[]) => add(changes),
    /** No change before this instant (ms) will follow. */
    settle: (settled: number) => add([{ cursor: writeCursor(noun, { van: settled }) }]),
    endPoll: () => {
      pollBatch = undefined
    },
    /** The first batch since the current poll began. */
    firstBatch: () => pollBatch ?? ring.next()
  }
}

/** One feed, polled by this process or by another, and the ring with its changes. */
export type ChangeSource = {
  readonly ring: Ring<Followed>
  readonly feed: FeedStatus
  /** Polls now, after a running poll. */
  readonly poll: () => Promise<unknown>
  /** Polls now and then each `intervalMs`; absent if another process polls. */
  readonly start?: () => void
  readonly stop: () => void
  /**
   * The boundary between a replay and the ring: the end of the last poll (ms), and the first batch with later changes.
   */
  readonly point: () => { readTo: number; batch: number }
}

type FeedSettings = { intervalMs: number; overlapMs: number; skewMs: number; cursorFile: string | undefined }
export type SourceOptions = {
  vdab: Pick<Vdab, 'bulk' | 'changed' | 'startAnew'>
  settings: FeedSettings
  maxDays: number
  warn: (message: string) => void
  now: () => number
}
type PollBuffer = Omit<ReturnType<typeof createChangeBuffer>, 'endPoll'> & { endPoll: (progress: Progress) => void }

/** The first page of a poll has priority, so that a feed keeps its interval under load; the further pages do not. */
export const causeOfPoll = (vanaf: number): Cause => ({ upstreamCalls: 0, isBackground: () => vanaf > 0, kind: 'feed' })

type PolledSource = ChangeSource & {
  /** Calls `work` between two polls, with the progress of the feed. */
  readonly between: (work: (progress: Progress) => void) => Promise<unknown>
  readonly start: () => void
}
export type PollOptions = SourceOptions & { file: CursorFile | undefined }

const createSource = (noun: Noun, buffer: PollBuffer, options: PollOptions): PolledSource => {
  const { vdab, settings, maxDays, now } = options
  const { intervalMs, overlapMs } = settings
  const feed = createFeed({
    ...options,
    noun,
    reader: createBulkReader({ vdab, noun, causeOf: causeOfPoll, overlapMs, maxDays, now }),
    publish: (rows) => buffer.publish(changesOf(noun, rows)),
    onStart: buffer.beginPoll,
    onEnd: buffer.settle
  })
  let running = Promise.resolve(intervalMs)
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const poll = () => {
    running = running.then(() => feed.poll()).finally(() => buffer.endPoll(feed.progress()))
    return running
  }
  const run = async () => {
    const startedAt = performance.now()
    const nextMs = await poll()
    if (!isStopped) timer = setTimeout(() => void run(), Math.max(0, nextMs - (performance.now() - startedAt))).unref()
  }

  return {
    ring: buffer.ring,
    feed,
    poll,
    between: (work) => {
      running = running.then((nextMs) => {
        work(feed.progress())
        return nextMs
      })
      return running
    },
    start: () => void run(),
    stop: () => {
      isStopped = true
      feed.stop()
      clearTimeout(timer)
      buffer.ring.wake()
    },
    point: () => ({ readTo: feed.readTo(), batch: buffer.firstBatch() })
  }
}

/** The file with the progress of both feeds, if one is configured. */
export const cursorFileOf = ({ settings: { intervalMs, cursorFile: path }, warn, now }: SourceOptions) =>
  path === undefined || intervalMs === 0 ? undefined : createCursorFile({ path, warn, now })

/** The feeds of both nouns, polled by this process. `bufferOf` replaces the buffer of each. */
export const createSources = (options: SourceOptions, bufferOf: (noun: Noun) => PollBuffer = createChangeBuffer) => {
  const file = cursorFileOf(options)
  const sourceOf = (noun: Noun) => createSource(noun, bufferOf(noun), { ...options, file })
  return { vacature: sourceOf('vacature'), kandidaat: sourceOf('kandidaat') }
}

import type { Vdab } from '../vdab/lookup.ts'
import { writeCursor } from './cursor.ts'
import type { Noun } from './cursor.ts'
import type { CursorFile } from './cursorFile.ts'
import { createFeed } from './feed.ts'
import type { Progress, Standing } from './feed.ts'
import { changesOf } from './follow.ts'
import type { Change, Followed } from './follow.ts'
import { createRing } from './ring.ts'
import type { Ring } from './ring.ts'
import type { Reader } from './window.ts'

const ringBytes = 16 * 1024 * 1024
// A change in the ring: its object and its strings, but for the status, which V8 holds once.
const bytesOf = ({ cursor }: Followed) => 200 + cursor.length

/** Where what one feed tells is put, for everybody to read; the feed says when a poll begins and when it is over. */
export const createShelf = (noun: Noun) => {
  const ring = createRing<Followed>({ maxBytes: ringBytes })
  const add = (items: readonly Followed[]) => {
    if (items.length > 0)
      ring.add(
        items,
        items.reduce((sum, item) => sum + bytesOf(item), 0)
      )
  }
  let pollBatch: number | undefined

  return {
    ring,
    begin: () => {
      pollBatch = ring.next()
    },
    publish: (changes: readonly Change[]) => add(changes),
    /** Everything up to this instant was read, for good. */
    settle: (settled: number) => add([{ cursor: writeCursor(noun, { van: settled }) }]),
    /** A poll is over. */
    over: () => {
      pollBatch = undefined
    },
    /** The first batch that tells what came since the present poll began. */
    batch: () => pollBatch ?? ring.next()
  }
}

export type Shelf = Omit<ReturnType<typeof createShelf>, 'over'> & { over: (progress: Progress) => void }

/** One feed, in whichever process it is read, and the ring from which everybody reads what it tells. */
export type Source = {
  readonly ring: Ring<Followed>
  readonly feed: Standing
  /** Reads the feed now, after a poll that may be under way. */
  readonly poll: () => Promise<unknown>
  /** Does this between two polls. */
  readonly between: (work: (progress: Progress) => void) => Promise<unknown>
  /** Polls from now on, each `intervalMs`. */
  readonly start: () => void
  readonly stop: () => void
  /** Where who replays meets the ring: what was read before the present poll, and the first batch that tells what came then. */
  readonly point: () => { readTo: number; batch: number }
}

type Dependencies = {
  noun: Noun
  reader: Reader
  vdab: Pick<Vdab, 'changed' | 'startAnew'>
  settings: { intervalMs: number; overlapMs: number; skewMs: number }
  maxDays: number
  file: CursorFile | undefined
  shelf: Shelf
  warn: (message: string) => void
  now: () => number
}

/** One feed with its pace, read in this process. */
export const createSource = (dependencies: Dependencies): Source => {
  const {
    noun,
    shelf,
    settings: { intervalMs }
  } = dependencies
  const feed = createFeed({
    ...dependencies,
    publish: (rows) => shelf.publish(changesOf(noun, rows)),
    onStart: shelf.begin,
    onEnd: shelf.settle
  })
  let running = Promise.resolve(intervalMs)
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const poll = () => {
    running = running.then(() => feed.poll()).finally(() => shelf.over(feed.progress()))
    return running
  }
  const run = async () => {
    const startedAt = performance.now()
    const nextMs = await poll()
    if (!isStopped) timer = setTimeout(() => void run(), Math.max(0, nextMs - (performance.now() - startedAt))).unref()
  }

  return {
    ring: shelf.ring,
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
      shelf.ring.wake()
    },
    point: () => ({ readTo: feed.readTo(), batch: shelf.batch() })
  }
}

import type { Vdab } from '../vdab.ts'
import { writeCursor } from './cursor.ts'
import type { Noun } from './cursor.ts'
import type { CursorFile } from './cursorFile.ts'
import { createFeed } from './feed.ts'
import { changesOf } from './follow.ts'
import type { Followed } from './follow.ts'
import { createRing } from './ring.ts'
import type { Reader } from './window.ts'

type Dependencies = {
  noun: Noun
  reader: Reader
  vdab: Pick<Vdab, 'changed' | 'startAnew'>
  settings: { intervalMs: number; overlapMs: number; skewMs: number }
  maxDays: number
  file: CursorFile | undefined
  warn: (message: string) => void
  now: () => number
}

const ringBytes = 16 * 1024 * 1024
// A change in the ring: its object and its strings, but for the status, which V8 holds once.
const bytesOf = ({ cursor }: Followed) => 200 + cursor.length

/** One feed with its pace, and the ring from which everybody reads what it tells. */
export const createSource = (dependencies: Dependencies) => {
  const { noun, settings: { intervalMs } } = dependencies
  const ring = createRing<Followed>({ maxBytes: ringBytes })
  const add = (items: readonly Followed[]) => { if (items.length > 0) ring.add(items, items.reduce((sum, item) => sum + bytesOf(item), 0)) }
  let pollBatch: number | undefined
  const feed = createFeed({
    ...dependencies,
    publish: (rows) => { add(changesOf(noun, rows)) },
    onStart: () => { pollBatch = ring.next() },
    onEnd: (settled) => { add([{ cursor: writeCursor(noun, { van: settled }) }]) }
  })
  let running = Promise.resolve(intervalMs)
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const poll = () => {
    running = running.then(() => feed.poll()).finally(() => { pollBatch = undefined })
    return running
  }
  const run = async () => {
    const startedAt = performance.now()
    const nextMs = await poll()
    if (!isStopped) timer = setTimeout(() => { void run() }, Math.max(0, nextMs - (performance.now() - startedAt))).unref()
  }

  return {
    ring,
    feed,
    /** Reads the feed now, after a poll that may be under way. */
    poll,
    /** Polls from now on, each `intervalMs`. */
    start: () => { void run() },
    stop: () => {
      isStopped = true
      feed.stop()
      clearTimeout(timer)
      ring.wake()
    },
    /** Where who replays meets the ring: what was read before the present poll, and the first batch that tells what came then. */
    point: () => ({ readTo: feed.readTo(), batch: pollBatch ?? ring.next() })
  }
}

export type Source = ReturnType<typeof createSource>

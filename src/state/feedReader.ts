import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Followed } from '../changes/changes.ts'
import { GatewayError, redacted } from '../errors.ts'
import type { State } from './database.ts'
import type { Kept } from './kept.ts'

/** A change, with the position after it. */
export type FeedChange = Extract<Followed, { id: string }>

type Options = {
  /** the name under which the position is stored */
  name: string
  state: State
  kept: Kept
  /** the changes after a cursor, followed by new changes */
  follow: (options: { sinds: string; signal: AbortSignal }) => AsyncIterable<Followed, void, void>
  /** the position from which a reader without one starts */
  start: () => string
  /** Prepares a batch; the returned function runs in the transaction that stores the position. */
  apply: (changes: readonly FeedChange[], signal: AbortSignal) => Promise<() => void> | (() => void)
  /** the position is lost, since it is older than VDAB's feed: there is a gap before the next changes */
  onGap: () => void
  warn: (message: string) => void
  /** the delay in ms before a failed reader starts again */
  pauseMs?: number
}

const isChange = (item: Followed): item is FeedChange => 'id' in item

const maxBatch = 200
const pauseMs = 5000

/**
 * The items that are available without waiting after the first item, at most `maxBatch`; nothing at the end of the
 * source.
 */
const createBatches = (source: AsyncIterable<Followed, void, void>) => {
  const iterator = source[Symbol.asyncIterator]()
  const pull = () => {
    const next = iterator.next()
    next.catch(() => undefined) // it is awaited later
    return next
  }
  let next = pull()
  return {
    next: async (): Promise<readonly Followed[]> => {
      const batch: Followed[] = []
      let found: Awaited<typeof next> | undefined = await next
      while (found && !found.done && batch.length < maxBatch) {
        batch.push(found.value)
        next = pull()
        found = await Promise.race([next, setImmediate(undefined)])
      }
      return batch
    },
    end: () => void iterator.return?.()
  }
}

/**
 * Reads VDAB's feed of vacancies from the position in the database. The effects of a batch and the position after it
 * are stored in one transaction, so a stop or a kill loses no change. A change can occur twice. Starts again after an
 * error.
 */
export const createFeedReader = (options: Options) => {
  const { name, state, kept, follow, start, apply, onGap, warn } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<void> | undefined
  const isOver = () => signal.aborted || !state.isOpen()
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  /**
   * The result of the work, or undefined when the reader is stopped first; the work is then repeated after the next
   * start.
   */
  const beforeStop = async <T>(work: Promise<T> | T): Promise<T | undefined> => {
    const settled = Promise.resolve(work)
    settled.catch(() => undefined)
    return Promise.race([settled, stopped])
  }

  const readOn = async (): Promise<void> => {
    const sinds = kept.get(name) ?? start()
    const batches = createBatches(follow({ sinds, signal }))
    try {
      for (let batch = await batches.next(); batch.length > 0; batch = await batches.next()) {
        const commit = await beforeStop(apply(batch.filter(isChange), signal))
        if (!commit || !state.isOpen()) return
        const cursor = batch.at(-1)?.cursor
        state.transaction(() => {
          commit()
          if (cursor !== undefined) kept.set(name, cursor)
        })
      }
    } finally {
      batches.end()
    }
  }

  const run = async () => {
    while (!isOver()) {
      try {
        await readOn()
        if (!isOver()) await setImmediate()
      } catch (error) {
        if (isOver()) return
        // The cursor is too old for VDAB's feed, or in the future, when the clock was set back.
        if (error instanceof GatewayError && error.code === 'BAD_USER_INPUT') {
          state.transaction(() => {
            onGap()
            kept.set(name, start())
          })
          continue
        }
        const reason = error instanceof GatewayError ? error.code : (redacted(error).code ?? redacted(error).name)
        warn(`The reader "${name}" of VDAB's feed failed (${reason}), and starts again where it was.`)
      }
      if (!isOver()) await setTimeout(options.pauseMs ?? pauseMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  return {
    start: () => {
      running ??= run()
    },
    /** Ends the reader, after its current batch. */
    stop: async () => {
      stopping.abort()
      await running
    }
  }
}

export type FeedReader = ReturnType<typeof createFeedReader>

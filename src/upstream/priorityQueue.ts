import pLimit from 'p-limit'

// A request may join background work, so interactive calls delay background work by this time at most.
const maxWaitMs = 5000

type Dependencies = {
  /** concurrent calls */
  concurrency: number
  /** concurrent calls of background work */
  background: number
}

/**
 * A concurrency limit with two priorities. Interactive calls start in order of arrival. A background call starts when
 * no interactive call is queued; it becomes interactive when a request joins it, or after five seconds.
 */
export const createPriorityQueue = ({ concurrency, background }: Dependencies) => {
  const limit = pLimit(concurrency)
  const backgroundLimit = pLimit(background)
  let waiting: (() => void)[] = []

  const wake = () => {
    const woken = waiting
    waiting = []
    for (const resume of woken) resume()
  }

  /** Resolves when a call ends, or after a time in ms. */
  const nextEnd = async (untilMs: number) => {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, untilMs)
      waiting.push(resolve)
    })
    clearTimeout(timer)
  }

  const run = <T>(work: () => Promise<T>): Promise<T> => {
    const done = limit(work)
    // p-limit decrements its count only after the promise has settled.
    const later = () => {
      setImmediate(wake)
    }
    done.then(later, later)
    return done
  }

  return {
    run: <T>(work: () => Promise<T>, isBackground: () => boolean = () => false): Promise<T> => {
      if (!isBackground()) return run(work)
      const startedAt = performance.now()
      return backgroundLimit(async () => {
        for (;;) {
          const leftMs = maxWaitMs - (performance.now() - startedAt)
          const isFree = limit.pendingCount === 0 && limit.activeCount < concurrency
          if (isFree || leftMs <= 0 || !isBackground()) return run(work)
          await nextEnd(leftMs)
        }
      })
    }
  }
}

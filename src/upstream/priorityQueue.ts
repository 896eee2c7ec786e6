import pLimit from 'p-limit'

// Behind a long row of interactive calls, work that nobody waited for yet is late by so much at most: somebody may come to wait for it.
const maxWaitMs = 5000

type Dependencies = {
  /** calls at once */
  concurrency: number
  /** how many of them may be background work */
  background: number
}

/**
 * Bounds the calls at once, in two lanes. Interactive work goes in order of arrival. Background work takes a place only
 * where no interactive work waits for one, so many at a time at most; it joins the first lane when somebody comes to wait
 * for it, and when it has stood back for five seconds.
 */
export const createPriorityQueue = ({ concurrency, background }: Dependencies) => {
  const limit = pLimit(concurrency)
  const behind = pLimit(background)
  let waiting: (() => void)[] = []

  const wake = () => {
    const woken = waiting
    waiting = []
    for (const go of woken) go()
  }

  /** Resolves at the next moment at which a place may be free. */
  const nextPlace = async (untilMs: number) => {
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, untilMs)
      waiting.push(resolve)
    })
    clearTimeout(timer)
  }

  const run = <T>(work: () => Promise<T>): Promise<T> => {
    const done = limit(work)
    // p-limit gives a place free only after it has told of the end.
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
      return behind(async () => {
        for (;;) {
          const leftMs = maxWaitMs - (performance.now() - startedAt)
          const isFree = limit.pendingCount === 0 && limit.activeCount < concurrency
          if (isFree || leftMs <= 0 || !isBackground()) return run(work)
          await nextPlace(leftMs)
        }
      })
    }
  }
}

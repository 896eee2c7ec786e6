import pLimit from 'p-limit'
import { lijsten } from './lijsten.ts'
import type { LijstName } from './lijsten.ts'

const retryMs = 60_000
// the keys of the table are its names
const names = (Object.keys(lijsten) as LijstName[]).filter((name) => 'endpoint' in lijsten[name])

type Dependencies = {
  /** fetches a list in the background; false when it failed and may succeed later */
  load: (name: LijstName) => Promise<boolean>
  /** the number of concurrent lists; a request for a list does not wait for its turn in the background */
  atOnce: number
  /** opens connections in advance */
  keepIdleConnections: () => void
}

/**
 * Prepares for the first requests: opens connections, then loads the reference lists, in a dozen calls. The first list
 * is loaded alone; while it fails, it is the only call, once a minute.
 */
export const createWarmUp = ({ load, atOnce, keepIdleConnections }: Dependencies) => {
  const limit = pLimit(atOnce)
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const loadAll = async ([first, ...others]: readonly LijstName[]): Promise<void> => {
    if (first === undefined || isStopped) return
    const isUp = await load(first)
    const loaded = isUp ? await Promise.all(others.map((name) => limit(() => isStopped || load(name)))) : []
    const left = isUp ? others.filter((_, index) => !loaded[index]) : [first, ...others]
    if (left.length > 0 && !isStopped)
      timer = setTimeout(() => {
        void loadAll(left)
      }, retryMs).unref()
  }

  return {
    /** Returns at once and never throws. */
    start: () => {
      keepIdleConnections()
      void loadAll(names)
    },
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    }
  }
}

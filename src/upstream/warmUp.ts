import pLimit from 'p-limit'
import { lijsten } from './lijsten.ts'
import type { LijstName } from './lijsten.ts'

const againMs = 60_000
const names = (Object.keys(lijsten) as LijstName[]).filter((name) => 'endpoint' in lijsten[name]) // the keys of the table are its names

type Dependencies = {
  /** fetches a list while nobody waits for it; false when it could not be had and may be later */
  load: (name: LijstName) => Promise<boolean>
  /** lists at a time: one whose call has not begun is asked at once by whoever needs it */
  atOnce: number
  /** opens connections before they are needed */
  keepIdleConnections: () => void
}

/**
 * Makes ready what the first questions need, so that none of them pays for it: connections, then the reference lists, a
 * dozen calls in all. One list goes first: while VDAB fails nothing more is asked of it than that, once a minute.
 */
export const createWarmUp = ({ load, atOnce, keepIdleConnections }: Dependencies) => {
  const limit = pLimit(atOnce)
  let again: NodeJS.Timeout | undefined
  let isStopped = false

  const loadAll = async ([first, ...others]: readonly LijstName[]): Promise<void> => {
    if (first === undefined || isStopped) return
    const isUp = await load(first)
    const had = isUp ? await Promise.all(others.map((name) => limit(() => isStopped || load(name)))) : []
    const left = isUp ? others.filter((_, index) => !had[index]) : [first, ...others]
    if (left.length > 0 && !isStopped)
      again = setTimeout(() => {
        void loadAll(left)
      }, againMs).unref()
  }

  return {
    /** Does not wait for any of it, and fails at nothing. */
    start: () => {
      keepIdleConnections()
      void loadAll(names)
    },
    stop: () => {
      isStopped = true
      clearTimeout(again)
    }
  }
}

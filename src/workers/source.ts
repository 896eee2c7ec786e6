import type { Noun } from '../changes/cursor.ts'
import { standingOf } from '../changes/feed.ts'
import type { Progress } from '../changes/feed.ts'
import { createShelf } from '../changes/source.ts'
import type { Source } from '../changes/source.ts'
import type { Vdab } from '../vdab/lookup.ts'
import type { Told } from './messages.ts'

type Dependencies = {
  noun: Noun
  /** how far the feed had come when this worker began to be told */
  since: Progress
  intervalMs: number
  poll: () => Promise<unknown>
  /** this worker's cache; undefined while it has none */
  vdab: () => Pick<Vdab, 'changed' | 'startAnew'> | undefined
  now?: () => number
}

/** A feed that the primary reads, as a worker sees it: what is told is done one after the other, the cache before the readers. */
export const createToldSource = ({ noun, since, intervalMs, poll, vdab, now = Date.now }: Dependencies) => {
  const shelf = createShelf(noun)
  let progress = since
  let working: Promise<unknown> = Promise.resolve()
  const feed = standingOf(() => progress, { intervalMs, now })

  const act = (told: Told): Promise<void> | undefined => {
    switch (told.what) {
      case 'begin':
        shelf.begin()
        return undefined
      case 'changed':
        return vdab()?.changed(noun, told.ids, told.before)
      case 'startAnew':
        vdab()?.startAnew(noun)
        return undefined
      case 'publish':
        shelf.publish(told.changes)
        return undefined
      case 'settle':
        shelf.settle(told.settled)
        return undefined
      case 'over':
        progress = told.progress
        shelf.over()
        return undefined
    }
  }

  const source: Source = {
    ring: shelf.ring,
    feed,
    poll,
    between: (work) => {
      working = working.then(() => work(progress))
      return working
    },
    start: () => {},
    stop: shelf.ring.wake,
    point: () => ({ readTo: feed.readTo(), batch: shelf.batch() })
  }
  return {
    source,
    /** Does what the primary tells, after what it told before. */
    tell: (told: Told): Promise<void> => {
      const done = working.then(() => act(told))
      working = done.catch(() => undefined)
      return done
    }
  }
}

import type { Noun } from '../changes/cursor.ts'
import type { FeedEvent } from '../changes/events.ts'
import { createFeedStatus, type Progress } from '../changes/feed.ts'
import { createChangeBuffer, type ChangeSource } from '../changes/source.ts'
import type { Vdab } from '../vdab/lookup.ts'

type Dependencies = {
  noun: Noun
  /** the progress of the feed when this worker joined */
  since: Progress
  intervalMs: number
  poll: () => Promise<unknown>
  /** the cache of this worker; undefined until it exists */
  vdab: () => Pick<Vdab, 'changed' | 'startAnew'> | undefined
  now?: () => number
}

/**
 * A feed that the primary polls, as used in a worker. It applies events in order, first to the cache and then to the
 * readers.
 */
export const createRemoteSource = ({ noun, since, intervalMs, poll, vdab, now = Date.now }: Dependencies) => {
  const buffer = createChangeBuffer(noun)
  let progress = since
  let working: Promise<unknown> = Promise.resolve()
  const feed = createFeedStatus(() => progress, { intervalMs, now })

  const apply = async (event: FeedEvent): Promise<void> => {
    if (event.type === 'changed') await vdab()?.changed(noun, event.ids, event.before)
    else if (event.type === 'startAnew') vdab()?.startAnew(noun)
    else if (event.type === 'beginPoll') buffer.beginPoll()
    else if (event.type === 'publish') buffer.publish(event.changes)
    else if (event.type === 'settle') buffer.settle(event.settled)
    else {
      progress = event.progress
      buffer.endPoll()
    }
  }

  const source: ChangeSource = {
    ring: buffer.ring,
    feed,
    poll,
    stop: buffer.ring.wake,
    point: () => ({ readTo: feed.readTo(), batch: buffer.firstBatch() })
  }
  return {
    source,
    /** Applies an event after the earlier ones. */
    receive: (event: FeedEvent): Promise<void> => {
      const done = working.then(() => apply(event))
      working = done.catch(() => undefined)
      return done
    }
  }
}

import type { FeedEvent } from './events.ts'
import type { createFeed } from './feed.ts'
import type { createChangeBuffer } from './source.ts'

type Dependencies = {
  feed: Pick<ReturnType<typeof createFeed>, 'readTo' | 'adopt'>
  buffer: ReturnType<typeof createChangeBuffer>
  /** has this member missed events? */
  isBehind: () => boolean
}

/**
 * Passes the polls of the leader on to the readers of this member. A poll is passed on as a whole or not at all. It is
 * not passed on while the member has missed events, since the cursors would skip those events. Nor is it passed on when
 * the member itself has already read as far, since a record could then return to an older status.
 */
export const createPassing = ({ feed, buffer, isBehind }: Dependencies) => {
  let isPassing = false

  return {
    /** Passes on no further events of the current poll. */
    end: () => {
      isPassing = false
    },
    /**
     * Passes an event on. `byMs` converts an instant of the leader to this machine's clock. Returns whether this member
     * now has all results of a whole poll.
     */
    pass: async (event: FeedEvent, madeAt: number, byMs: number): Promise<boolean> => {
      if (event.type === 'beginPoll') {
        isPassing = !isBehind() && madeAt + byMs > feed.readTo()
        if (isPassing) buffer.beginPoll()
      }
      if (!isPassing) return false
      if (event.type === 'publish') buffer.publish(event.changes)
      if (event.type === 'settle') buffer.settle(event.settled)
      if (event.type !== 'endPoll') return false
      isPassing = false
      const { progress } = event
      await feed.adopt({ ...progress, readTo: progress.readTo + byMs, settled: progress.settled + byMs })
      buffer.endPoll()
      return true
    }
  }
}

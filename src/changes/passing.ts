import type { FeedEvent } from './events.ts'
import type { createFeed } from './feed.ts'
import type { createChangeBuffer } from './source.ts'

type Dependencies = {
  feed: Pick<ReturnType<typeof createFeed>, 'readTo' | 'adopt'>
  buffer: ReturnType<typeof createChangeBuffer>
  /** has this member missed something? */
  isBehind: () => boolean
}

/**
 * Passes the polls of the leader on to the readers of this member. A poll is passed on whole or not at all: not while
 * the member has missed something, since the cursors would pass over that, and not when the member itself has read as
 * far already, since a record could then go back to an older status.
 */
export const createPassing = ({ feed, buffer, isBehind }: Dependencies) => {
  let isPassing = false

  return {
    /** Passes on nothing more of the poll that runs. */
    end: () => {
      isPassing = false
    },
    /**
     * Passes an event on. `byMs` moves an instant of the leader to this machine's clock. Returns whether this member
     * now knows all that a whole poll has found.
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

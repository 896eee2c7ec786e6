import type { SharedLog } from '../sharing/contract.ts'
import type { Noun } from './cursor.ts'
import { createLogReader, type LogEvent } from './logReader.ts'
import { createLogWriter } from './logWriter.ts'
import { createPassing } from './passing.ts'
import { createChangeBuffer, type ChangeSource, type PollOptions } from './source.ts'
import { createPublishingFeed } from './publishingFeed.ts'

/** A member that has received no whole poll for the poll interval plus this time no longer counts as following. */
const silentMs = 1000
/** A member polls when the leader is late by this time. */
const lateMs = 700
/** The minimum time between two polls after gaps. */
const gapMs = 2000

/**
 * A feed that several gateways share. One of them leads: it polls VDAB, and sends the events to the other members
 * through a log. The other members apply these events, first to the cache and then to the readers. After a gap, a
 * change of leader, or silence, a member reads VDAB's own list from its last position.
 */
export const createSharedFeed = (noun: Noun, log: SharedLog, options: PollOptions) => {
  const { vdab, now } = options
  const { intervalMs } = options.settings
  const buffer = createChangeBuffer(noun)
  const writer = createLogWriter({ log, now })
  const reader = createLogReader(log)
  let working: Promise<unknown> = Promise.resolve()
  let gaps = 1 // at the start nothing is known
  let closedGaps = 0
  let polls = 0
  let isLogUnreachable = false
  let lastWholePollAt = now() // the end of the last poll of which this member has all results
  let pollAt = -Infinity
  let ownPollAt = -Infinity

  const feed = createPublishingFeed(noun, buffer, writer, options)

  const isBehind = () => gaps !== closedGaps
  const passing = createPassing({ feed, buffer, isBehind })
  const isSilent = () => now() - lastWholePollAt > intervalMs + silentMs
  const reason = () => feed.reason() ?? (isBehind() ? 'behind' : isSilent() ? 'not heard of' : undefined)

  const pollOnce = async (): Promise<void> => {
    const known = gaps
    ownPollAt = pollAt = now()
    await feed.poll()
    buffer.endPoll()
    if (feed.progress().failure !== undefined) {
      await writer.resign() // another member may still reach VDAB
      return
    }
    lastWholePollAt = now()
    closedGaps = known
    passing.end() // this member has read further than the current poll of the leader
    await writer.append({ type: 'endPoll', progress: feed.progress() })
  }
  const poll = (): Promise<unknown> => {
    polls += 1
    working = working.then(pollOnce).finally(() => {
      polls -= 1
    })
    return working
  }

  const apply = async ({ event, madeAt, ageMs }: LogEvent): Promise<void> => {
    const made = now() - ageMs
    const byMs = made - madeAt
    if (event.type === 'beginPoll') pollAt = made
    // An event is never from the future, so without its age the instant is later. That invalidates more rather than
    // less.
    if (event.type === 'changed') await vdab.changed(noun, event.ids, event.before + byMs + ageMs)
    else if (event.type === 'startAnew') vdab.startAnew(noun)
    else
      working = working.then(async () => {
        if (await passing.pass(event, madeAt, byMs)) lastWholePollAt = made
      })
  }

  const isDue = (): boolean => {
    if (polls > 0) return false
    const hasFailed = feed.progress().failure !== undefined
    if (isBehind()) return now() >= ownPollAt + (hasFailed ? intervalMs : Math.min(intervalMs, gapMs))
    return now() >= pollAt + intervalMs + (writer.isLeading() || isLogUnreachable ? 0 : lateMs)
  }
  const onGap = () => {
    gaps += 1
    passing.end()
  }
  const reach = async <T>(asking: Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await asking
      isLogUnreachable = false
      return answer
    } catch {
      isLogUnreachable = true // the connection has logged the failure; each member now polls for itself
      return undefined
    }
  }

  const source: ChangeSource = {
    ring: buffer.ring,
    feed: { ...feed, reason, isFollowed: () => reason() === undefined },
    poll,
    stop: () => {
      feed.stop()
      buffer.ring.wake()
      void writer.resign()
    },
    point: () => ({ readTo: feed.readTo(), batch: buffer.firstBatch() })
  }
  return {
    source,
    /** Tries to lead, if no other member leads and this member can reach VDAB. */
    lead: async (): Promise<void> => {
      if (feed.progress().failure !== undefined || (await reach(writer.lead(reader.epoch()))) !== true) return
      reader.dropPosition()
      onGap()
    },
    /** Applies the events of the leader. */
    look: async (): Promise<void> => {
      const found = writer.isLeading() ? undefined : await reach(reader.look())
      if (found?.isGap === true) onGap()
      for (const one of found?.events ?? []) await apply(one)
    },
    /** Polls VDAB when a poll is due. */
    pollWhenDue: async (): Promise<void> => {
      if (isDue()) await poll()
    }
  }
}

import type { SharedLog } from '../sharing/contract.ts'
import type { Noun } from './cursor.ts'
import { createLogReader, type ToldEvent } from './logReader.ts'
import { createLogWriter } from './logWriter.ts'
import { createPassing } from './passing.ts'
import { createChangeBuffer, type ChangeSource, type PollOptions } from './source.ts'
import { createToldFeed } from './toldFeed.ts'

/** A member that has not heard of a whole poll for an interval and so long no longer counts as following. */
const silentMs = 1000
/** A member polls when the leader is late by so long. */
const lateMs = 700
/** The least time between two polls after gaps. */
const gapMs = 2000

/**
 * A feed that several gateways share. One of them leads: it polls VDAB, and tells the others by a log. The others apply
 * what it tells, to the cache before the readers. After a gap, a new leader, or silence, a member reads VDAB's own list
 * from where it was.
 */
export const createSharedFeed = (noun: Noun, log: SharedLog, options: PollOptions) => {
  const { vdab, now } = options
  const { intervalMs } = options.settings
  const buffer = createChangeBuffer(noun)
  const writer = createLogWriter({ log, now })
  const reader = createLogReader(log)
  let working: Promise<unknown> = Promise.resolve()
  let gaps = 1 // nothing is known at the start
  let closedGaps = 0
  let polls = 0
  let isAway = false
  let heardAt = now() // the end of the last poll of which all is known
  let pollAt = -Infinity
  let ownPollAt = -Infinity

  const feed = createToldFeed(noun, buffer, writer, options)

  const isBehind = () => gaps !== closedGaps
  const passing = createPassing({ feed, buffer, isBehind })
  const isSilent = () => now() - heardAt > intervalMs + silentMs
  const reason = () => feed.reason() ?? (isBehind() ? 'behind' : isSilent() ? 'not heard of' : undefined)

  const pollOnce = async (): Promise<void> => {
    const known = gaps
    ownPollAt = pollAt = now()
    await feed.poll()
    buffer.endPoll()
    if (feed.progress().failure !== undefined) {
      await writer.resign() // another member may reach VDAB
      return
    }
    heardAt = now()
    closedGaps = known
    passing.end() // it has read further than the leader's poll that runs
    await writer.tell({ type: 'endPoll', progress: feed.progress() })
  }
  const poll = (): Promise<unknown> => {
    polls += 1
    working = working.then(pollOnce).finally(() => {
      polls -= 1
    })
    return working
  }

  const apply = async ({ event, madeAt, ageMs }: ToldEvent): Promise<void> => {
    const made = now() - ageMs
    const byMs = made - madeAt
    if (event.type === 'beginPoll') pollAt = made
    // An event never lies ahead: without its age the instant is later, and more is forgotten rather than less.
    if (event.type === 'changed') await vdab.changed(noun, event.ids, event.before + byMs + ageMs)
    else if (event.type === 'startAnew') vdab.startAnew(noun)
    else
      working = working.then(async () => {
        if (await passing.pass(event, madeAt, byMs)) heardAt = made
      })
  }

  const isDue = (): boolean => {
    if (polls > 0) return false
    const hasFailed = feed.progress().failure !== undefined
    if (isBehind()) return now() >= ownPollAt + (hasFailed ? intervalMs : Math.min(intervalMs, gapMs))
    return now() >= pollAt + intervalMs + (writer.isLeading() || isAway ? 0 : lateMs)
  }
  const onGap = () => {
    gaps += 1
    passing.end()
  }
  const reach = async <T>(asking: Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await asking
      isAway = false
      return answer
    } catch {
      isAway = true // the connection has told of it; each member polls for itself
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
    /** Leads, where no other member does and VDAB answers this one. */
    lead: async (): Promise<void> => {
      if (feed.progress().failure !== undefined || (await reach(writer.lead(reader.epoch()))) !== true) return
      reader.leave()
      onGap()
    },
    /** Applies what the leader has told. */
    look: async (): Promise<void> => {
      const found = writer.isLeading() ? undefined : await reach(reader.look())
      if (found?.isGap === true) onGap()
      for (const one of found?.told ?? []) await apply(one)
    },
    /** Polls VDAB when it is time to. */
    pollWhenDue: async (): Promise<void> => {
      if (isDue()) await poll()
    }
  }
}

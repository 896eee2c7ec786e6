import type { LogEntry, LogPlace, SharedLog } from '../../src/sharing/contract.ts'

/** What happens to the next append of a member: `late` = it arrives when the log is released. */
export type Fate = 'arrives' | 'lost' | 'answerLost' | 'late' | 'twice'

const leadMs = 3000
const isEarlier = (one: LogPlace, other: LogPlace) =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.number < other.number)

type Stored = LogPlace & { text: string; madeAt: number }

/**
 * A log in memory that delays, loses and repeats entries. Without `isFenced` all leaders share one epoch, and the log
 * numbers the entries itself.
 */
export const createMemoryLog = ({ now, isFenced = true }: { now: () => number; isFenced?: boolean }) => {
  let stored: Stored[] = []
  let last: LogPlace = { epoch: 0, number: 0 }
  let latest = 0
  let leader: { member: number; epoch: number; endsAt: number } | undefined
  const late: (() => void)[] = []

  const add = (member: number, entry: Stored) => {
    if (!isFenced) {
      last = { epoch: 1, number: last.number + 1 }
      stored.push({ ...entry, ...last })
      return true
    }
    const leads = leader?.member === member && leader.epoch === entry.epoch && now() < leader.endsAt
    if (!leads || !isEarlier(last, entry)) return false
    last = { epoch: entry.epoch, number: entry.number }
    stored.push(entry)
    return true
  }

  return {
    release: () => {
      for (const arrive of late.splice(0)) arrive()
    },
    trim: () => {
      stored = []
    },
    wipe: () => {
      stored = []
      last = { epoch: 0, number: 0 }
      leader = undefined
    },
    /** The log as one member sees it. */
    of: (member: number, { isCut, fate }: { isCut: () => boolean; fate: () => Fate }): SharedLog => {
      const reach = () => {
        if (isCut()) throw new Error('the log is away')
      }
      return {
        now,
        lead: async ({ known, own }) => {
          reach()
          const isHeld = leader !== undefined && now() < leader.endsAt
          if (isHeld && leader?.member !== member) return undefined
          const isSame = isHeld && leader?.epoch === own
          const epoch = isSame ? (own ?? 0) : isFenced ? Math.max(now(), known + 1, last.epoch + 1, latest + 1) : 1
          latest = epoch
          leader = { member, epoch, endsAt: now() + leadMs }
          return epoch
        },
        resign: async () => {
          reach()
          if (leader?.member === member) leader = undefined
        },
        append: async (entry) => {
          reach()
          const how = fate()
          if (how === 'late') late.push(() => add(member, entry))
          if (how === 'late' || how === 'lost') throw new Error('no answer in time')
          const isAdded = add(member, entry)
          if (how === 'twice') add(member, entry)
          if (!isAdded || how === 'answerLost') throw new Error('refused, or no answer in time')
        },
        read: async (after) => {
          reach()
          const entries: LogEntry[] = stored
            .filter((entry) => isEarlier(after, entry))
            .slice(0, 50)
            .map(({ madeAt, ...entry }) => ({ ...entry, ageMs: now() - madeAt }))
          return { entries, last }
        }
      }
    }
  }
}

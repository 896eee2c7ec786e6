import type { Grant, LeaseRequest, Lender } from '../contract.ts'
import type { Members } from './members.ts'
import { hold } from './scripts.ts'

type Held = {
  amount: number
  limit: number
  /** the number of queued and running commands, and the last of them */
  commands: number
  last: Promise<unknown>
}
type Dependencies = {
  members: Pick<Members, 'run' | 'count' | 'noteAlive'>
  keyOf: (name: string) => string
  atLeast: number
}
type Answer = readonly [granted: number, rest: number, alive: number]

/**
 * Lends amounts that last until they are given back: connections, exports. Each call reports all that this member
 * holds, so that Redis can restore it after a data loss. Without Redis a member can hold up to its equal share of the
 * limit.
 */
export const createHoldLender = ({ members, keyOf, atLeast }: Dependencies) => {
  const held = new Map<string, Held>()
  const of = (name: string, limit: number): Held => {
    const found = held.get(name) ?? { amount: 0, limit, commands: 0, last: Promise.resolve() }
    found.limit = limit
    held.set(name, found)
    return found
  }
  /**
   * Runs the commands of a name one after another. A late command that reports too small an amount would free an amount
   * in use.
   */
  const inTurn = async <T>(name: string, own: Held, work: () => Promise<T>): Promise<T> => {
    const before = own.last
    own.commands += 1
    const running = before.then(work)
    own.last = running.catch(() => undefined)
    try {
      return await running
    } finally {
      own.commands -= 1
      if (own.commands === 0 && own.amount === 0) held.delete(name)
    }
  }
  const sendHeld = async (name: string, { amount, limit }: Held, want: number): Promise<Answer> =>
    (await members.run(hold, keyOf(name), [limit, want, amount, atLeast])) as Answer // the script's shape
  const report = (name: string, own: Held) => {
    void inTurn(name, own, () => sendHeld(name, own, 0)).catch(() => {}) // the next report includes it
  }

  const lendOffline = (own: Held, { want, limit }: LeaseRequest): Grant => {
    const share = Math.max(1, Math.floor(limit / members.count()))
    const granted = Math.max(0, Math.min(want, share - own.amount))
    own.amount += granted
    return { granted, rest: Math.max(0, share - own.amount), endsAt: 0, isAll: false }
  }
  const lend = async (name: string, own: Held, asked: LeaseRequest): Promise<Grant> => {
    own.amount -= asked.returned
    try {
      const [granted, rest, alive] = await sendHeld(name, own, asked.want)
      members.noteAlive(alive)
      own.amount += granted
      return { granted, rest, endsAt: 0, isAll: false }
    } catch {
      return lendOffline(own, asked)
    }
  }

  return {
    isLasting: true,
    lend: (name, asked) => {
      const own = of(name, asked.limit)
      return inTurn(name, own, () => lend(name, own, asked))
    },
    giveBack: (name, { amount }) => {
      const own = held.get(name)
      if (!own) return
      own.amount = Math.max(0, own.amount - amount)
      report(name, own)
    },
    /** Reports the amounts that this member holds. */
    report: () => {
      for (const [name, own] of held) if (own.commands === 0) report(name, own)
    }
  } satisfies Lender & { report: () => void; isLasting: boolean }
}

import type { Grant, LeaseAsked, Lender } from '../contract.ts'
import type { Members } from './members.ts'
import { hold } from './scripts.ts'

type Held = { amount: number; limit: number; isAsking: boolean }
type Dependencies = {
  members: Pick<Members, 'run' | 'count' | 'seen'>
  keyOf: (name: string) => string
  atLeast: number
}
type Answer = readonly [granted: number, rest: number, alive: number]

/**
 * Lends what lasts until it is given back: connections, exports. Each call tells Redis all that this member holds, so
 * that a Redis that was wiped knows it again. Without Redis a member lends itself up to its even part of the limit.
 */
export const createHoldLender = ({ members, keyOf, atLeast }: Dependencies) => {
  const held = new Map<string, Held>()
  const of = (name: string, limit: number): Held => {
    const found = held.get(name) ?? { amount: 0, limit, isAsking: false }
    found.limit = limit
    held.set(name, found)
    return found
  }
  const tell = async (name: string, { amount, limit }: Held, want: number): Promise<Answer> =>
    (await members.run(hold, keyOf(name), [limit, want, amount, atLeast])) as Answer // the script's shape

  /**
   * Tells Redis what is held. Not while Redis is being asked for more: it would take back what the answer brings, and
   * lend it to another.
   */
  const tellHeld = (name: string, own: Held) => {
    if (own.isAsking) return
    if (own.amount === 0) held.delete(name)
    void tell(name, own, 0).catch(() => {}) // the next report tells it
  }

  const lendAlone = (own: Held, { want, limit }: LeaseAsked): Grant => {
    const share = Math.max(1, Math.floor(limit / members.count()))
    const granted = Math.max(0, Math.min(want, share - own.amount))
    own.amount += granted
    return { granted, rest: Math.max(0, share - own.amount), endsAt: 0, isAll: false }
  }
  const ask = async (name: string, own: Held, asked: LeaseAsked): Promise<Grant> => {
    const told = own.amount
    const [granted, rest, alive] = await tell(name, own, asked.want)
    members.seen(alive)
    own.isAsking = false
    own.amount += granted
    if (own.amount !== told + granted) tellHeld(name, own) // something was given back meanwhile
    return { granted, rest, endsAt: 0, isAll: false }
  }

  return {
    isLasting: true,
    /** Never asked twice at the same time for one name. */
    lend: async (name, asked) => {
      const own = of(name, asked.limit)
      own.amount -= asked.returned
      own.isAsking = true
      return ask(name, own, asked)
        .catch(() => lendAlone(own, asked))
        .finally(() => {
          own.isAsking = false
          if (own.amount === 0) held.delete(name)
        })
    },
    giveBack: (name, { amount }) => {
      const own = held.get(name)
      if (!own) return
      own.amount = Math.max(0, own.amount - amount)
      tellHeld(name, own)
    },
    /** Reports what this member holds. */
    report: () => {
      for (const [name, own] of held) tellHeld(name, own)
    }
  } satisfies Lender & { report: () => void; isLasting: boolean }
}

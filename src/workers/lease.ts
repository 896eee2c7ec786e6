import type { Counter } from '../access/counters.ts'
import type { Grant, LeaseAsked, Returned } from './messages.ts'

type Lease = {
  left: number
  /** what all had left when this was lent */
  rest: number
  endsAt: number
  limit: number
  /** what was lent last */
  size: number
  /** no more than this can be had in this window by anybody */
  most: number
}
type Waiting = { amount: number; done: () => void; failed: (error: unknown) => void }
type Dependencies = {
  isLasting: boolean
  ask: (name: string, asked: LeaseAsked) => Promise<Grant>
  giveBack: (name: string, returned: Returned) => void
  now?: () => number
}

const lowWater = 1 / 4
const manyLeases = 10_000

/**
 * Counts by leases of the primary's pool: a booking out of the lease is known at once; one that does not fit in it is not,
 * unless nobody has any more. A lease is renewed in the background before it is used up.
 */
export const createLeases = ({ isLasting, ask, giveBack, now = Date.now }: Dependencies) => {
  const leases = new Map<string, Lease>()
  const waiting = new Map<string, { limit: number; who: Waiting[] }>()
  const asking = new Set<string>()
  // What was said to be ready and is not booked yet: who asks at the same moment needs more than that.
  const promised = new Map<string, number>()

  const present = (name: string, limit: number): Lease | undefined => {
    const lease = leases.get(name)
    return lease && lease.limit === limit && (isLasting || now() < lease.endsAt) ? lease : undefined
  }

  const receive = (name: string, limit: number, { granted, rest, endsAt, isAll }: Grant) => {
    const before = leases.get(name)
    const left = (before && before.limit === limit && before.endsAt === endsAt ? before.left : 0) + granted
    leases.set(name, { left, rest, endsAt, limit, size: granted, most: isAll && !isLasting ? left + rest : Infinity })
  }

  const fetch = async (name: string, want: number, limit: number) => {
    const before = leases.get(name)
    const returned = before && before.limit !== limit ? before.left : 0
    if (before && returned > 0) before.left = 0
    receive(name, limit, await ask(name, { want, limit, returned, endsAt: before?.endsAt ?? 0 }))
  }

  /** Asks for what everybody waits for, until nobody does. */
  const work = async (name: string) => {
    if (asking.has(name)) return
    asking.add(name)
    for (let batch = waiting.get(name); batch !== undefined; batch = waiting.get(name)) {
      waiting.delete(name)
      const { limit, who } = batch
      const wanted = who.reduce((sum, { amount }) => sum + amount, 0)
      try {
        await fetch(name, Math.max(0, wanted - (present(name, limit)?.left ?? 0)), limit)
        for (const { done } of who) done()
      } catch (error) {
        for (const { failed } of who) failed(error)
      }
      await Promise.resolve() // who was waited for books first
    }
    asking.delete(name)
  }

  const wait = (name: string, amount: number, limit: number) =>
    new Promise<void>((done, failed) => {
      const batch = waiting.get(name) ?? { limit, who: [] }
      batch.limit = limit
      batch.who.push({ amount, done, failed })
      waiting.set(name, batch)
      void work(name)
    })

  /** Promises so much until this turn is over, and gives what was promised before. */
  const promise = (name: string, amount: number): number => {
    const before = promised.get(name) ?? 0
    if (before === 0) setImmediate(() => promised.delete(name))
    promised.set(name, before + amount)
    return before
  }

  const sweep = () => {
    if (isLasting || leases.size < manyLeases) return
    const time = now()
    for (const [name, { endsAt }] of leases) if (time >= endsAt) leases.delete(name)
  }

  const take: Counter['take'] = (name, amount, limit) => {
    const lease = present(name, limit)
    if (!lease) return undefined
    const { rest, endsAt } = lease
    if (amount > lease.left)
      return amount > lease.most ? { fits: false, remaining: lease.left + rest, endsAt } : undefined
    lease.left -= amount
    lease.most -= amount
    if (lease.left < lease.size * lowWater && lease.most === Infinity && !asking.has(name))
      wait(name, 0, limit).catch(() => undefined) // whoever needs it asks again
    return { fits: true, remaining: lease.left + rest, endsAt }
  }

  return {
    tally: {
      take,
      holds: (name, amount, limit) => (present(name, limit)?.left ?? -1) >= amount,
      ready: (name, amount, limit) => {
        const lease = present(name, limit)
        if (lease?.left === lease?.most && lease) return undefined
        const before = promise(name, amount)
        if (lease && before + amount <= lease.left) return undefined
        sweep()
        return wait(name, before + amount, limit)
      },
      free: (name, amount) => giveBack(name, { amount, endsAt: 0 })
    } satisfies Counter,
    /** Gives back what is not used, which is nobody's until the pool has it. */
    recall: (name: string): Returned => {
      const lease = leases.get(name)
      leases.delete(name)
      return { amount: lease?.left ?? 0, endsAt: lease?.endsAt ?? 0 }
    }
  }
}

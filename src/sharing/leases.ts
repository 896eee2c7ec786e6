import type { Counter } from '../access/counters.ts'
import type { Lender, Returned } from './contract.ts'

type Lease = {
  left: number
  /** what was left for all processes at the time of the grant */
  rest: number
  endsAt: number
  limit: number
  /** the size of the previous grant */
  size: number
  /** the maximum that this process can still get in this window */
  most: number
  /** what was left when unused leases were last returned */
  leftBefore: number
}
type Request = { amount: number; done: () => void; failed: (error: unknown) => void }
type Dependencies = {
  isLasting: boolean
  lender: Lender
  now?: (() => number) | undefined
  /** for this time (ms) after the end of a window, its leases still serve bookings that were prepared before the end */
  graceMs?: number | undefined
}

const lowWater = 1 / 4
const manyLeases = 10_000

/**
 * A counter that books from leases of a limit that processes share. A booking that fits in the lease succeeds at once.
 * A larger booking first needs the lender, unless no process has any amount left. A lease is renewed before it is used
 * up.
 */
export const createLeases = ({ isLasting, lender, now = Date.now, graceMs = 0 }: Dependencies) => {
  const { lend, giveBack } = lender
  const leases = new Map<string, Lease>()
  const queues = new Map<string, { limit: number; requests: Request[] }>()
  const fetching = new Set<string>()
  // Amounts that `ready` has promised in this turn of the event loop and that are not booked yet.
  const promised = new Map<string, number>()

  const current = (name: string, limit: number): Lease | undefined => {
    const lease = leases.get(name)
    return lease && lease.limit === limit && (isLasting || now() < lease.endsAt) ? lease : undefined
  }
  const justEnded = (name: string, limit: number): Lease | undefined => {
    const lease = graceMs === 0 ? undefined : leases.get(name)
    return lease && lease.limit === limit && now() < lease.endsAt + graceMs ? lease : undefined
  }

  const fetch = async (name: string, want: number, limit: number) => {
    const held = leases.get(name)
    const returned = held && held.limit !== limit ? held.left : 0
    if (held && returned > 0) held.left = 0
    const { granted, rest, endsAt, isAll } = await lend(name, { want, limit, returned, endsAt: held?.endsAt ?? 0 })
    const before = leases.get(name)
    const left = (before && before.limit === limit && before.endsAt === endsAt ? before.left : 0) + granted
    leases.set(name, {
      left,
      rest,
      endsAt,
      limit,
      size: granted,
      most: isAll && !isLasting ? left + rest : Infinity,
      leftBefore: -1
    })
  }

  /** Requests the sum of the queued amounts from the lender, until the queue is empty. */
  const work = async (name: string) => {
    if (fetching.has(name)) return
    fetching.add(name)
    for (let queue = queues.get(name); queue !== undefined; queue = queues.get(name)) {
      queues.delete(name)
      const { limit, requests } = queue
      const wanted = requests.reduce((sum, { amount }) => sum + amount, 0)
      try {
        await fetch(name, Math.max(0, wanted - (current(name, limit)?.left ?? 0)), limit)
        for (const { done } of requests) done()
      } catch (error) {
        for (const { failed } of requests) failed(error)
      }
      await Promise.resolve() // the resolved requests book before the next ones
    }
    fetching.delete(name)
  }

  const wait = (name: string, amount: number, limit: number) =>
    new Promise<void>((done, failed) => {
      const queue = queues.get(name) ?? { limit, requests: [] }
      queue.limit = limit
      queue.requests.push({ amount, done, failed })
      queues.set(name, queue)
      void work(name)
    })

  /** Adds to the promised amount of this turn of the event loop, and returns the previous amount. */
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
    const lease = current(name, limit) ?? justEnded(name, limit)
    if (!lease) return undefined
    const { rest, endsAt } = lease
    if (amount > lease.left)
      return amount > lease.most ? { fits: false, remaining: lease.left + rest, endsAt } : undefined
    lease.left -= amount
    lease.most -= amount
    if (lease.left < lease.size * lowWater && lease.most === Infinity && !fetching.has(name))
      wait(name, 0, limit).catch(() => undefined) // the next booking makes a new request
    return { fits: true, remaining: lease.left + rest, endsAt }
  }

  return {
    counter: {
      take,
      holds: (name, amount, limit) => (current(name, limit)?.left ?? -1) >= amount,
      ready: (name, amount, limit) => {
        const lease = current(name, limit)
        if (lease?.left === lease?.most && lease) return undefined
        const before = promise(name, amount)
        if (lease) lease.leftBefore = -1 // it is about to be used
        if (lease && before + amount <= lease.left) return undefined
        sweep()
        return wait(name, before + amount, limit)
      },
      free: (name, amount) => giveBack(name, { amount, endsAt: 0 })
    } satisfies Counter,
    /**
     * Gives back and deletes the leases without bookings since the previous call. Also deletes used-up leases of which
     * no more is left.
     */
    returnUnused: () => {
      for (const [name, lease] of leases) {
        const { left, leftBefore, endsAt, most } = lease
        if (left > 0 && left === leftBefore) giveBack(name, { amount: left, endsAt })
        if (left === leftBefore || (most !== Infinity && left === 0)) leases.delete(name)
        else lease.leftBefore = left
      }
    },
    /** Ends the lease and returns its unused part. */
    recall: (name: string): Returned => {
      const lease = leases.get(name)
      leases.delete(name)
      return { amount: lease?.left ?? 0, endsAt: lease?.endsAt ?? 0 }
    }
  }
}

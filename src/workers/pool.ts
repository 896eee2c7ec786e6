import { withTimeout } from './broadcast.ts'
import type { Grant, LeaseRequest, Returned } from '../sharing/contract.ts'

type Share = { out: number; mayBeUnused: boolean }
type Pool = { endsAt: number; out: number; readonly shares: Map<number, Share>; turn: Promise<unknown> }
type Dependencies = {
  /** ms; Infinity = an amount is lent until it is given back */
  windowMs: number
  /** requests the unused part of a worker; rejects when the worker has ended */
  recall: (worker: number, name: string) => Promise<Returned>
  workers: () => number
  now?: () => number
  /** the time limit of a recall, in ms; a worker that hangs keeps its part */
  maxWaitMs?: number
}

// A lease is an equal share divided by this number, so that the unused amount in other workers soon becomes small.
const leasesPerShare = 4

/**
 * Lends parts of each consumer's limit to the workers. The sum of all leases in a window, used or not, never exceeds
 * the limit. Leases get smaller as less is left. Before the pool refuses a worker it recalls the unused parts of the
 * other workers. When a worker dies, its part of a window counts as used, since its bookings are unknown; its open
 * connections are freed.
 */
export const createPool = ({ windowMs, recall, workers, now = Date.now, maxWaitMs = 1000 }: Dependencies) => {
  const pools = new Map<string, Pool>()
  const dead = new Set<number>()
  const isLasting = windowMs === Infinity
  let sweptAt = now()

  const sweep = (time: number) => {
    if (isLasting || time - sweptAt < windowMs) return
    sweptAt = time
    for (const [name, { endsAt }] of pools) if (time >= endsAt) pools.delete(name)
  }

  const current = (name: string): Pool => {
    const time = now()
    sweep(time)
    const known = pools.get(name)
    if (known && time < known.endsAt) return known
    const pool: Pool = { endsAt: time + windowMs, out: 0, shares: new Map(), turn: known?.turn ?? Promise.resolve() }
    pools.set(name, pool)
    return pool
  }

  const takeBack = (pool: Pool, worker: number, amount: number) => {
    const share = pool.shares.get(worker)
    if (!share) return // the worker has died
    share.out -= amount
    pool.out -= amount
  }

  /** Recalls the unused parts of the other workers. Resolves to whether all have responded in time. */
  const recallAll = async (pool: Pool, name: string, requester: number): Promise<boolean> => {
    const recalls = [...pool.shares]
      .filter(([worker, { mayBeUnused }]) => mayBeUnused && worker !== requester)
      .map(async ([worker, share]) => {
        try {
          share.mayBeUnused = false
          const { amount, endsAt } = await recall(worker, name)
          if (isLasting || endsAt === pool.endsAt) takeBack(pool, worker, amount)
        } catch {
          // The worker has ended; `releaseWorker` handles its part.
        }
      })
    if (recalls.length === 0) return true
    return withTimeout(
      Promise.all(recalls).then(() => true),
      maxWaitMs,
      false
    )
  }

  const grant = async (
    worker: number,
    name: string,
    { want, limit, returned, endsAt }: LeaseRequest
  ): Promise<Grant> => {
    let pool = current(name)
    if (returned > 0 && (isLasting || endsAt === pool.endsAt)) takeBack(pool, worker, returned)
    let isAll = false
    if (want > limit - pool.out) {
      isAll = await recallAll(pool, name, worker)
      pool = current(name) // the window may have ended
    }
    const free = Math.max(0, limit - pool.out)
    const even = Math.floor(free / (leasesPerShare * workers()))
    const granted = dead.has(worker) ? 0 : Math.min(free, Math.max(want, even))
    const share = pool.shares.get(worker) ?? { out: 0, mayBeUnused: false }
    pool.shares.set(worker, { out: share.out + granted, mayBeUnused: share.mayBeUnused || granted > 0 })
    pool.out += granted
    return { granted, rest: free - granted, endsAt: isLasting ? 0 : pool.endsAt, isAll }
  }

  return {
    /** Lends to a worker. Requests for one name run one after another. */
    lend: (worker: number, name: string, asked: LeaseRequest): Promise<Grant> => {
      const pool = current(name)
      const granted = pool.turn.then(() => grant(worker, name, asked))
      pool.turn = granted.catch(() => undefined)
      return granted
    },
    giveBack: (worker: number, name: string, { amount, endsAt }: Returned) => {
      const pool = pools.get(name)
      if (pool && (isLasting || endsAt === pool.endsAt)) takeBack(pool, worker, amount)
      if (pool && isLasting && pool.out === 0) pool.shares.clear()
    },
    /** Releases the parts of a worker that has died. */
    releaseWorker: (worker: number) => {
      dead.add(worker) // its last request can still be waiting
      for (const pool of pools.values()) {
        if (isLasting) takeBack(pool, worker, pool.shares.get(worker)?.out ?? 0)
        pool.shares.delete(worker)
      }
    }
  }
}

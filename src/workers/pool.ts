import { setTimeout } from 'node:timers/promises'
import type { Grant, LeaseAsked, Returned } from './messages.ts'

type Held = { out: number; mayBeUnused: boolean }
type Pool = { endsAt: number; out: number; readonly held: Map<number, Held>; turn: Promise<unknown> }
type Dependencies = {
  /** ms; Infinity = what is lent is lent until it is given back */
  windowMs: number
  /** asks a worker for what it does not use; rejects when it is gone */
  recall: (worker: number, name: string) => Promise<Returned>
  /** how many workers there are */
  workers: () => number
  now?: () => number
  /** ms that a recall may take; who hangs keeps what it holds */
  maxWaitMs?: number
}

// By so many leases a worker's part is smaller than an even one: what lies unused elsewhere is soon small.
const share = 4

/**
 * Lends parts of each consumer's limit to the workers. What is lent in a window, used or not, never exceeds the limit. Large
 * parts while much is left, smaller ones towards the end; before anybody is refused, what others do not use is called back.
 * Of a worker that died, what is counted by the minute is spent, since nobody knows; what is kept open is free.
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

  const present = (name: string): Pool => {
    const time = now()
    sweep(time)
    const known = pools.get(name)
    if (known && time < known.endsAt) return known
    const pool: Pool = { endsAt: time + windowMs, out: 0, held: new Map(), turn: known?.turn ?? Promise.resolve() }
    pools.set(name, pool)
    return pool
  }

  const back = (pool: Pool, worker: number, amount: number) => {
    const held = pool.held.get(worker)
    if (!held) return // it died meanwhile
    held.out -= amount
    pool.out -= amount
  }

  /** Calls back what others do not use. Did everybody answer in time? */
  const gather = async (pool: Pool, name: string, requestContext: number): Promise<boolean> => {
    const recalls = [...pool.held]
      .filter(([worker, { mayBeUnused }]) => mayBeUnused && worker !== requestContext)
      .map(async ([worker, held]) => {
        try {
          held.mayBeUnused = false
          const { amount, endsAt } = await recall(worker, name)
          if (isLasting || endsAt === pool.endsAt) back(pool, worker, amount)
        } catch {
          // it is gone, and `gone` says what becomes of what it held
        }
      })
    if (recalls.length === 0) return true
    const stop = new AbortController()
    const inTime = await Promise.race([
      Promise.all(recalls).then(() => true),
      setTimeout(maxWaitMs, false, { signal: stop.signal }).catch(() => false)
    ])
    stop.abort()
    return inTime
  }

  const grant = async (worker: number, name: string, { want, limit, returned, endsAt }: LeaseAsked): Promise<Grant> => {
    let pool = present(name)
    if (returned > 0 && (isLasting || endsAt === pool.endsAt)) back(pool, worker, returned)
    let isAll = false
    if (want > limit - pool.out) {
      isAll = await gather(pool, name, worker)
      pool = present(name) // another minute may have begun
    }
    const free = Math.max(0, limit - pool.out)
    const granted = dead.has(worker) ? 0 : Math.min(free, Math.max(want, Math.floor(free / (share * workers()))))
    const held = pool.held.get(worker) ?? { out: 0, mayBeUnused: false }
    pool.held.set(worker, { out: held.out + granted, mayBeUnused: held.mayBeUnused || granted > 0 })
    pool.out += granted
    return { granted, rest: free - granted, endsAt: isLasting ? 0 : pool.endsAt, isAll }
  }

  return {
    /** Lends to a worker, one request for a name after the other. */
    lend: (worker: number, name: string, asked: LeaseAsked): Promise<Grant> => {
      const pool = present(name)
      const granted = pool.turn.then(() => grant(worker, name, asked))
      pool.turn = granted.catch(() => undefined)
      return granted
    },
    giveBack: (worker: number, name: string, { amount, endsAt }: Returned) => {
      const pool = pools.get(name)
      if (pool && (isLasting || endsAt === pool.endsAt)) back(pool, worker, amount)
      if (pool && isLasting && pool.out === 0) pool.held.clear()
    },
    /** A worker has died. */
    gone: (worker: number) => {
      dead.add(worker) // its last question may still wait for an answer
      for (const pool of pools.values()) {
        if (isLasting) back(pool, worker, pool.held.get(worker)?.out ?? 0)
        pool.held.delete(worker)
      }
    }
  }
}

export type LeasePool = ReturnType<typeof createPool>

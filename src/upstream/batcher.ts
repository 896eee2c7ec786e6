import { abandoned } from '../errors.ts'
import { retryGroups } from './retryGroups.ts'
import type { Cause } from './client.ts'
import type { BatchFetch } from './details.ts'
import type { CallConsumer } from './quota/admission.ts'
import { claimOfAll } from './wait.ts'
import type { Claim } from './wait.ts'

/** The result for an id: its record, `null` when VDAB does not know it, or an error. */
export type Outcome = Readonly<Record<string, unknown>> | null | Error
/** A caller of an id: the request that pays for it, and how long it waits. */
type Caller = { readonly cause: Cause; readonly claim: Claim | undefined }
type Pending = { promise: Promise<unknown>; settle: (outcome: Outcome) => void; callers: Caller[] }
type Batch = {
  pending: Map<string, Pending>
  causes: Set<Cause>
  openedAt: number
  checkedAt: number
  waitedMs: number
  hasGrown: boolean
}

// The window is divided into parts of at most this many ms; after each part the batch checks whether it can be sent
// early.
const maxPartMs = 2
// While requests are being read a batch grows at each check, up to its maximum size; on an overloaded machine it is
// sent after this time.
const maxHeldMs = 2000

/**
 * A clock that a test can replace: the current time in ms, a timer, and a callback after all available input has been
 * read.
 */
export type Clock = {
  now: () => number
  later: (ms: number, next: () => void) => void
  afterInput: (next: () => void) => void
}

// The first turn of the event loop accepts connections, the second reads them, the third has parsed the bodies. Timers
// run first.
const realClock: Clock = {
  now: () => performance.now(),
  later: (ms, next) => {
    setTimeout(next, ms)
  },
  afterInput: (next) => {
    setImmediate(() => setImmediate(() => setImmediate(next)))
  }
}

const isWaiting = ({ claim }: Caller) => !(claim?.isOver() ?? false)
const isForeground = ({ isBackground }: Cause) => !isBackground?.()

/** The consumers of all requests that wait for a batch. */
const consumersOf = (pending: readonly Pending[]): readonly CallConsumer[] => [
  ...new Set(
    pending
      .flatMap(({ callers }) => callers.filter(isWaiting))
      .flatMap(({ cause }) => (isForeground(cause) && cause.consumer ? [cause.consumer] : []))
  )
]

/** The request that pays for a batch: the first one that waits; none while all of it is background work. */
const payerOf = (pending: readonly Pending[]): Cause => {
  const all = pending.flatMap(({ callers }) => callers.filter(isWaiting)).map(({ cause }) => cause)
  const isBackground = () => all.every((cause) => cause.isBackground?.() === true)
  return all.find(isForeground) ?? { upstreamCalls: 0, isBackground }
}

type Dependencies = {
  /** ms for which a batch waits for more ids */
  windowMs: number
  /** ids in one batch; a full batch is sent at once */
  max: number
  /** fetches the ids; may leave ids out (unknown) and must not reject */
  fetch: (ids: readonly string[], fetching: BatchFetch) => Promise<ReadonlyMap<string, Outcome>>
  /** are there requests that have arrived and are not parsed yet? */
  hasPendingRequests?: () => boolean
  /** do other requests wait for VDAB? they may need more ids after their response */
  isRequestedByOthers?: (causes: ReadonlySet<Cause>) => boolean
  /** called with the number of ids that are sent together */
  onBatch?: (size: number) => void
  clock?: Clock
}

/**
 * Collects the ids of concurrent requests into one fetch, each id once. A batch is sent when all available input has
 * been read without a new id, so a single request never waits. While more ids are expected it waits for `windowMs` at
 * most, not counting the time in which the process reads new requests. The first waiting request pays for the calls.
 * Ids without a waiting caller are dropped. After the failure of a whole batch, the ids of each request are retried
 * once, separately.
 */
export const createBatcher = ({
  windowMs,
  max,
  fetch,
  hasPendingRequests = () => false,
  isRequestedByOthers = () => false,
  onBatch = () => {},
  clock = realClock
}: Dependencies) => {
  const partMs = Math.min(windowMs / 5, maxPartMs)
  let open: Batch | undefined

  const fetchAll = async (pending: ReadonlyMap<string, Pending>, isShared: boolean) => {
    const callersOf = (id: string) => pending.get(id)?.callers ?? []
    const claimOf = (id: string) => claimOfAll(callersOf(id).map(({ claim }) => claim))
    const waitingCauses = (id: string) =>
      callersOf(id)
        .filter(isWaiting)
        .map(({ cause }) => cause)
        .filter(isForeground)
    const all = [...pending.values()]
    const outcomes = await fetch([...pending.keys()], { cause: payerOf(all), claimOf, consumers: consumersOf(all) })
    // Background work repeats on its own, so it is not retried here.
    const groups = isShared ? retryGroups(outcomes, waitingCauses) : []
    const retried = new Set(groups.flatMap(({ ids }) => ids))
    for (const [id, { settle }] of pending) if (!retried.has(id)) settle(outcomes.get(id) ?? null)
    await Promise.all(
      groups.map(async ({ cause, ids }) => {
        const own = await fetch(ids, { cause, claimOf })
        for (const id of ids) pending.get(id)?.settle(own.get(id) ?? null)
      })
    )
  }

  const sendBatch = (batch: Batch) => {
    if (open === batch) open = undefined
    const wanted = new Map([...batch.pending].filter(([, { callers }]) => callers.some(isWaiting)))
    for (const [id, { settle }] of batch.pending) if (!wanted.has(id)) settle(abandoned())
    if (wanted.size === 0) return
    onBatch(wanted.size)
    void fetchAll(wanted, batch.causes.size > 1)
  }

  const check = (batch: Batch) => {
    if (open !== batch) return
    const time = clock.now()
    const isDoorBusy = hasPendingRequests()
    // Accepting connections takes one turn of the event loop each, so this time does not count.
    if (!batch.hasGrown || !isDoorBusy) batch.waitedMs += Math.min(time - batch.checkedAt, partMs)
    batch.checkedAt = time
    const { hasGrown } = batch
    batch.hasGrown = false
    const isOver = batch.waitedMs >= windowMs || time - batch.openedAt >= maxHeldMs
    const checkAgain = () => {
      clock.afterInput(() => {
        check(batch)
      })
    }
    if (isOver || (!hasGrown && !isDoorBusy && !isRequestedByOthers(batch.causes))) sendBatch(batch)
    else if (hasGrown) checkAgain()
    else clock.later(partMs, checkAgain)
  }

  const start = (): Batch => {
    const openedAt = clock.now()
    const batch = {
      pending: new Map(),
      causes: new Set<Cause>(),
      openedAt,
      checkedAt: openedAt,
      waitedMs: 0,
      hasGrown: false
    }
    open = batch
    clock.afterInput(() => {
      check(batch)
    })
    return batch
  }

  return {
    /** The record of an id, `null` when VDAB does not know it; rejects with the error of this id. */
    load: (id: string, cause: Cause, claim: Claim | undefined = cause.wait): Promise<unknown> => {
      const batch = open ?? start()
      batch.causes.add(cause)
      const known = batch.pending.get(id)
      if (known) {
        known.callers.push({ cause, claim })
        return known.promise
      }
      let settle: Pending['settle'] = () => {}
      const promise = new Promise<unknown>((resolve, reject) => {
        settle = (outcome) => {
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        }
      })
      batch.hasGrown = batch.pending.size > 0
      batch.pending.set(id, { promise, settle, callers: [{ cause, claim }] })
      if (batch.pending.size >= max) sendBatch(batch)
      return promise
    }
  }
}

import type { Cause } from './client.ts'

/** What came of an id: its record, `null` when VDAB does not know it, or the error that befell it. */
export type Outcome = Readonly<Record<string, unknown>> | null | Error
type Place = { promise: Promise<unknown>; settle: (outcome: Outcome) => void }
type Batch = { places: Map<string, Place>; causes: Set<Cause>; windows: number; openedAt: number; grew: boolean }

// A batch that keeps growing is held for five windows at most: a busy moment becomes one batch, a busy hour does not wait.
// A window that ended late does not count, for half a second at most: the process had no time to read what was at the door.
const maxWindows = 5
const maxHeldMs = 500

// Node runs timers before it reads sockets, so in a busy moment a window would end with its questions still unread: one
// turn of the loop accepts connections, the next reads them, the third has parsed the bodies.
const afterPendingInput = (next: () => void) => { setImmediate(() => setImmediate(() => setImmediate(next))) }

/** The first who waits pays for all; a batch that nobody waits for is background work for as long as nobody does. */
const payer = ({ causes }: Batch): Cause => {
  const all = [...causes]
  return all.find(({ isBackground }) => !isBackground?.()) ?? { upstreamCalls: 0, isBackground: () => all.every(({ isBackground }) => isBackground?.() === true) }
}

type Dependencies = {
  /** ms without a new id after which a batch leaves */
  windowMs: number
  /** ids in one batch; the batch leaves at once when it is full */
  max: number
  /** fetches the ids; may leave ids out (unknown) and must not reject */
  fetch: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
}

/**
 * Gathers ids that are wanted at one moment, whoever wants them, into one fetch, each id once.
 * The first id opens a window of `windowMs`; when it ends with nothing new in it the batch leaves, else it is held for
 * another window, five in all unless the process is too busy to keep time. The calls are booked on the first request in it
 * that waits for them.
 */
export const createBatcher = ({ windowMs, max, fetch }: Dependencies) => {
  let open: Batch | undefined

  const leave = (batch: Batch) => {
    if (open === batch) open = undefined
    void fetch([...batch.places.keys()], payer(batch)).then((outcomes) => {
      for (const [id, { settle }] of batch.places) settle(outcomes.get(id) ?? null)
    })
  }

  const wait = (batch: Batch) => {
    const startedAt = performance.now()
    setTimeout(() => {
      afterPendingInput(() => {
        if (open !== batch) return
        const endedAt = performance.now()
        if (endedAt - startedAt <= windowMs * 1.5) batch.windows += 1
        if (!batch.grew || batch.windows === maxWindows || endedAt - batch.openedAt >= maxHeldMs) leave(batch)
        else {
          batch.grew = false
          wait(batch)
        }
      })
    }, windowMs)
  }

  const start = (cause: Cause): Batch => {
    const batch: Batch = { places: new Map(), causes: new Set([cause]), windows: 0, openedAt: performance.now(), grew: false }
    open = batch
    wait(batch)
    return batch
  }

  return {
    /** The record of an id, `null` when VDAB does not know it; rejects with what befell this id alone. */
    load: (id: string, cause: Cause): Promise<unknown> => {
      const batch = open ?? start(cause)
      batch.causes.add(cause)
      const taken = batch.places.get(id)
      if (taken) return taken.promise
      let settle: Place['settle'] = () => {}
      const promise = new Promise<unknown>((resolve, reject) => {
        settle = (outcome) => { if (outcome instanceof Error) reject(outcome); else resolve(outcome) }
      })
      batch.grew = batch.places.size > 0
      batch.places.set(id, { promise, settle })
      if (batch.places.size >= max) leave(batch)
      return promise
    }
  }
}

import type { Cause } from './client.ts'

/** What came of an id: its record, `null` when VDAB does not know it, or the error that befell it. */
export type Outcome = Readonly<Record<string, unknown>> | null | Error
type Place = { promise: Promise<unknown>; settle: (outcome: Outcome) => void }
type Batch = { places: Map<string, Place>; causes: Set<Cause>; openedAt: number; lookedAt: number; heldMs: number; grew: boolean }

// The window is waited in parts of so many ms, with a look after each: nobody is waited for who has gone meanwhile.
const longestPartMs = 2
// While those at the door are read a batch grows with every look, up to its maximum; on a machine that is too busy for that it leaves as it is.
const maxHeldMs = 2000

/** Time, as a test may tell it: the present in ms, some ms later, and once all input that is there now has been read. */
export type Clock = { now: () => number; later: (ms: number, next: () => void) => void; afterInput: (next: () => void) => void }

// One turn of the loop accepts connections, the next reads them, the third has parsed the bodies. Timers run before all that.
const realClock: Clock = {
  now: () => performance.now(),
  later: (ms, next) => { setTimeout(next, ms) },
  afterInput: (next) => { setImmediate(() => setImmediate(() => setImmediate(next))) }
}

/** The first who waits pays for all; a batch that nobody waits for is background work for as long as nobody does. */
const payer = ({ causes }: Batch): Cause => {
  const all = [...causes]
  return all.find(({ isBackground }) => !isBackground?.()) ?? { upstreamCalls: 0, isBackground: () => all.every(({ isBackground }) => isBackground?.() === true) }
}

type Dependencies = {
  /** ms for which a batch is held while more ids may come */
  windowMs: number
  /** ids in one batch; the batch leaves at once when it is full */
  max: number
  /** fetches the ids; may leave ids out (unknown) and must not reject */
  fetch: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
  /** has somebody come who has not asked yet? */
  isAnyoneAtDoor?: () => boolean
  /** do others than these, who wait for the batch, wait for VDAB? its answer to them may be what they ask more about */
  isAskedByOthers?: (causes: ReadonlySet<Cause>) => boolean
  clock?: Clock
}

/**
 * Gathers ids that are wanted at one moment, whoever wants them, into one fetch, each id once.
 * A batch leaves once all input that was there has been read, and brought no id: who asks alone waits for nobody. While
 * others are expected it is held, for `windowMs` at most, of time in which the process was not too busy to read what came.
 * The calls are booked on the first request in it that waits for them.
 */
export const createBatcher = ({ windowMs, max, fetch, isAnyoneAtDoor = () => false, isAskedByOthers = () => false, clock = realClock }: Dependencies) => {
  const partMs = Math.min(windowMs / 5, longestPartMs)
  let open: Batch | undefined

  const leave = (batch: Batch) => {
    if (open === batch) open = undefined
    void fetch([...batch.places.keys()], payer(batch)).then((outcomes) => {
      for (const [id, { settle }] of batch.places) settle(outcomes.get(id) ?? null)
    })
  }

  const look = (batch: Batch) => {
    if (open !== batch) return
    const time = clock.now()
    const isDoorBusy = isAnyoneAtDoor()
    // Nobody is held up by the window while the process reads who came: it takes a turn of the loop for each connection.
    if (!batch.grew || !isDoorBusy) batch.heldMs += Math.min(time - batch.lookedAt, partMs)
    batch.lookedAt = time
    const { grew } = batch
    batch.grew = false
    const isOver = batch.heldMs >= windowMs || time - batch.openedAt >= maxHeldMs
    if (isOver || (!grew && !isDoorBusy && !isAskedByOthers(batch.causes))) leave(batch)
    else if (grew) clock.afterInput(() => { look(batch) })
    else clock.later(partMs, () => { clock.afterInput(() => { look(batch) }) })
  }

  const start = (): Batch => {
    const openedAt = clock.now()
    const batch: Batch = { places: new Map(), causes: new Set(), openedAt, lookedAt: openedAt, heldMs: 0, grew: false }
    open = batch
    clock.afterInput(() => { look(batch) })
    return batch
  }

  return {
    /** The record of an id, `null` when VDAB does not know it; rejects with what befell this id alone. */
    load: (id: string, cause: Cause): Promise<unknown> => {
      const batch = open ?? start()
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

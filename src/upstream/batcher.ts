import { abandoned } from '../errors.ts'
import { apart } from './apart.ts'
import type { Cause } from './client.ts'
import type { BatchFetch } from './details.ts'
import { claimOfAll } from './wait.ts'
import type { Claim } from './wait.ts'

/** What came of an id: its record, `null` when VDAB does not know it, or the error that befell it. */
export type Outcome = Readonly<Record<string, unknown>> | null | Error
/** Who wants an id: on whose account it is asked, and how long it is waited for. */
type Wish = { readonly cause: Cause; readonly claim: Claim | undefined }
type Place = { promise: Promise<unknown>; settle: (outcome: Outcome) => void; wishes: Wish[] }
type Batch = {
  places: Map<string, Place>
  causes: Set<Cause>
  openedAt: number
  lookedAt: number
  heldMs: number
  grew: boolean
}

// The window is waited in parts of so many ms, with a look after each: nobody is waited for who has gone meanwhile.
const longestPartMs = 2
// While those at the door are read a batch grows with every look, up to its maximum; on a machine that is too busy for that it leaves as it is.
const maxHeldMs = 2000

/** Time, as a test may tell it: the present in ms, some ms later, and once all input that is there now has been read. */
export type Clock = {
  now: () => number
  later: (ms: number, next: () => void) => void
  afterInput: (next: () => void) => void
}

// One turn of the loop accepts connections, the next reads them, the third has parsed the bodies. Timers run before all that.
const realClock: Clock = {
  now: () => performance.now(),
  later: (ms, next) => {
    setTimeout(next, ms)
  },
  afterInput: (next) => {
    setImmediate(() => setImmediate(() => setImmediate(next)))
  }
}

const isWaiting = ({ claim }: Wish) => !(claim?.isOver() ?? false)
const isForeground = ({ isBackground }: Cause) => !isBackground?.()

/** The first who waits pays for all; a batch that nobody waits for is background work for as long as nobody does. */
const payer = (places: readonly Place[]): Cause => {
  const all = places.flatMap(({ wishes }) => wishes.filter(isWaiting)).map(({ cause }) => cause)
  return (
    all.find(isForeground) ?? {
      upstreamCalls: 0,
      isBackground: () => all.every(({ isBackground }) => isBackground?.() === true)
    }
  )
}

type Dependencies = {
  /** ms for which a batch is held while more ids may come */
  windowMs: number
  /** ids in one batch; the batch leaves at once when it is full */
  max: number
  /** fetches the ids; may leave ids out (unknown) and must not reject */
  fetch: (ids: readonly string[], fetching: BatchFetch) => Promise<ReadonlyMap<string, Outcome>>
  /** has somebody come who has not asked yet? */
  isAnyoneAtDoor?: () => boolean
  /** do others than these, who wait for the batch, wait for VDAB? its answer to them may be what they ask more about */
  isRequestedByOthers?: (causes: ReadonlySet<Cause>) => boolean
  clock?: Clock
}

/**
 * Gathers ids that are wanted at one moment, whoever wants them, into one fetch, each id once.
 * A batch leaves once all input that was there has been read, and brought no id: who asks alone waits for nobody. While
 * others are expected it is held, for `windowMs` at most, of time in which the process was not too busy to read what came.
 * The calls are booked on the first request in it that waits for them. An id that nobody waits for any more is left out. When
 * the batch fails as a whole, each request in it has its own ids tried once more.
 */
export const createBatcher = ({
  windowMs,
  max,
  fetch,
  isAnyoneAtDoor = () => false,
  isRequestedByOthers = () => false,
  clock = realClock
}: Dependencies) => {
  const partMs = Math.min(windowMs / 5, longestPartMs)
  let open: Batch | undefined

  const fetchAll = async (places: ReadonlyMap<string, Place>, isShared: boolean) => {
    const wishesFor = (id: string) => places.get(id)?.wishes ?? []
    const claimOf = (id: string) => claimOfAll(wishesFor(id).map(({ claim }) => claim))
    const outcomes = await fetch([...places.keys()], { cause: payer([...places.values()]), claimOf })
    // Work that nobody waits for comes again by itself, and must not be multiplied.
    const groups = isShared
      ? apart(outcomes, (id) =>
          wishesFor(id)
            .filter(isWaiting)
            .map(({ cause }) => cause)
            .filter(isForeground)
        )
      : []
    const again = new Set(groups.flatMap(({ ids }) => ids))
    for (const [id, { settle }] of places) if (!again.has(id)) settle(outcomes.get(id) ?? null)
    await Promise.all(
      groups.map(async ({ cause, ids }) => {
        const own = await fetch(ids, { cause, claimOf })
        for (const id of ids) places.get(id)?.settle(own.get(id) ?? null)
      })
    )
  }

  const leave = (batch: Batch) => {
    if (open === batch) open = undefined
    const places = new Map([...batch.places].filter(([, { wishes }]) => wishes.some(isWaiting)))
    for (const [id, { settle }] of batch.places) if (!places.has(id)) settle(abandoned())
    if (places.size > 0) void fetchAll(places, batch.causes.size > 1)
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
    if (isOver || (!grew && !isDoorBusy && !isRequestedByOthers(batch.causes))) leave(batch)
    else if (grew)
      clock.afterInput(() => {
        look(batch)
      })
    else
      clock.later(partMs, () => {
        clock.afterInput(() => {
          look(batch)
        })
      })
  }

  const start = (): Batch => {
    const openedAt = clock.now()
    const batch: Batch = { places: new Map(), causes: new Set(), openedAt, lookedAt: openedAt, heldMs: 0, grew: false }
    open = batch
    clock.afterInput(() => {
      look(batch)
    })
    return batch
  }

  return {
    /** The record of an id, `null` when VDAB does not know it; rejects with what befell this id alone. */
    load: (id: string, cause: Cause, claim: Claim | undefined = cause.wait): Promise<unknown> => {
      const batch = open ?? start()
      batch.causes.add(cause)
      const taken = batch.places.get(id)
      if (taken) {
        taken.wishes.push({ cause, claim })
        return taken.promise
      }
      let settle: Place['settle'] = () => {}
      const promise = new Promise<unknown>((resolve, reject) => {
        settle = (outcome) => {
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        }
      })
      batch.grew = batch.places.size > 0
      batch.places.set(id, { promise, settle, wishes: [{ cause, claim }] })
      if (batch.places.size >= max) leave(batch)
      return promise
    }
  }
}

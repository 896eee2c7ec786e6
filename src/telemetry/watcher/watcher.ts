import type { EntryVersion } from '../../cache/tier.ts'
import type { Answered } from '../../http/answered.ts'
import { isSameRecord, fingerprintOf, type Fingerprint } from './fingerprint.ts'

/** The records that are watched. A CV is not: each read of one needs a purpose. */
const watchedRow = 'vacature'
const maxPending = 100
/** After this time an entry that nobody asked for again is not watched any more. */
const giveUpMs = 30 * 60_000

/**
 * The result of one comparison: `same`, `changed_since` (VDAB has changed the record, within the time that the promise
 * allows as far as is known), or `stale`; then `ageMs` is how old VDAB's change was, at least, when the answer left.
 */
export type WatchedEvent = {
  readonly endpoint: string
  readonly result: 'same' | 'changed_since' | 'stale'
  readonly ageMs?: number
}
/** An entry that VDAB had changed by the instant `knownAt`. */
type Pending = { readonly entry: EntryVersion; readonly knownAt: number }

type Dependencies = {
  /** the most calls in a minute */
  callsPerMinute: number
  /** how old an answer may be */
  promiseMs: number
  /** the record in the cache from which an answer was made; undefined when it has left the cache */
  recordOf: (entry: EntryVersion) => unknown
  /** the instant until which an entry is fresh */
  freshUntil: (entry: EntryVersion) => number
  /** the record as VDAB has it now, fetched as background work; `null` = VDAB does not know it. May reject. */
  fetch: (id: string) => Promise<unknown>
  on: (event: WatchedEvent) => void
  now: () => number
  random?: () => number
}

/**
 * Holds answers that have left against VDAB. At random instants it takes one vacancy of the next answer, and fetches it
 * once more. When VDAB has another version, the watch goes on: an answer that leaves with the same entry of the cache
 * after the time of the promise is stale, since VDAB's version was there that long. So an alarm is never about a change
 * that the gateway could not know yet. Of a record it keeps its version or a hash, in memory, for a limited time.
 */
export const createWatcher = (dependencies: Dependencies) => {
  const { callsPerMinute, promiseMs, recordOf, freshUntil, fetch, on, now, random = Math.random } = dependencies
  const gapMs = 60_000 / callsPerMinute
  const pauseFrom = (at: number) => at + gapMs * (1 + random()) // never more calls than the share
  let dueAt = pauseFrom(now())
  let isFetching = false
  let pending: Pending[] = []
  const endpoint = watchedRow

  const judge = ({ entry, knownAt }: Pending): WatchedEvent | undefined => {
    const promisedAt = knownAt + promiseMs
    const leftAt = Math.min(entry.askedAt, freshUntil(entry)) // an answer past its fresh time states its age
    if (leftAt > promisedAt) return { endpoint, result: 'stale', ageMs: leftAt - knownAt }
    return entry.isGone || now() - knownAt > giveUpMs ? { endpoint, result: 'changed_since' } : undefined
  }

  /** Reports the entries of which it is known now whether an answer with them was stale. */
  const settle = () => {
    pending = pending.filter((one) => {
      const event = judge(one)
      if (event) on(event)
      return event === undefined
    })
  }

  const compare = async (entry: EntryVersion, id: string, sent: Fingerprint) => {
    isFetching = true
    const askedAt = now()
    try {
      const record = await fetch(id)
      if (isSameRecord(sent, record)) on({ endpoint, result: 'same' })
      else if (pending.length < maxPending) pending.push({ entry, knownAt: Math.max(askedAt, now()) })
    } catch {
      // VDAB fails, or has no room for background work: nothing is known of this answer.
    } finally {
      isFetching = false
      settle()
    }
  }

  const sample = (shown: ReturnType<Answered['shown']>) => {
    // each comes from the cache
    const entries = shown.filter(
      ({ row, isAbsent, isGone }) => row === watchedRow && !isAbsent && !isGone
    ) as EntryVersion[]
    const entry = entries[Math.floor(random() * entries.length)]
    const record = entry && recordOf(entry)
    if (entry === undefined || record === undefined || pending.some((one) => one.entry === entry)) return
    dueAt = pauseFrom(now())
    void compare(entry, entry.key.slice(watchedRow.length + 1), fingerprintOf(record))
  }

  return {
    /** Is called for each answer that leaves: costs a comparison of two numbers for almost all of them. */
    note: ({ shown, status }: Pick<Answered, 'shown' | 'status'>) => {
      if (pending.length > 0) settle()
      if (now() >= dueAt && !isFetching && status < 300) sample(shown())
    },
    settle
  }
}

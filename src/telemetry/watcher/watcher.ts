import type { EntryVersion } from '../../cache/tier.ts'
import type { Answered } from '../../http/answered.ts'
import { isSameRecord, fingerprintOf, type Fingerprint } from './fingerprint.ts'

/** The records that are watched. CVs are not watched: each read of a CV needs a purpose. */
const watchedRow = 'vacature'
const maxPending = 100
/** After this time without a new request for an entry, its watch ends. */
const giveUpMs = 30 * 60_000

/**
 * The result of one comparison: `same`; `changed_since` (VDAB has changed the record, but as far as is known within the
 * promised time); or `stale`. With `stale`, `ageMs` is the minimum age of VDAB's change when the response was sent.
 */
export type WatchedEvent = {
  readonly endpoint: string
  readonly result: 'same' | 'changed_since' | 'stale'
  readonly ageMs?: number
}
/** An entry that VDAB had changed at the instant `knownAt` or before. */
type Pending = { readonly entry: EntryVersion; readonly knownAt: number }

type Dependencies = {
  /** the maximum number of calls per minute */
  callsPerMinute: number
  /** the maximum promised age of a response */
  promiseMs: number
  /** the cached record from which a response was made; undefined when it has left the cache */
  recordOf: (entry: EntryVersion) => unknown
  /** the instant until which an entry is fresh */
  freshUntil: (entry: EntryVersion) => number
  /** the current record of VDAB, fetched as background work; `null` = VDAB does not know it. May reject. */
  fetch: (id: string) => Promise<unknown>
  on: (event: WatchedEvent) => void
  now: () => number
  random?: () => number
}

/**
 * Compares sent responses with VDAB. At random instants it takes one vacancy of the next response, and fetches it
 * again. When VDAB has another version, the watch continues. A response that is sent with the same cache entry after
 * the promised time is stale, since VDAB's version existed for that long. So an alarm is never about a change that the
 * gateway could not know yet. Of a record it stores only the version or a hash, in memory, for a limited time.
 */
export const createWatcher = (dependencies: Dependencies) => {
  const { callsPerMinute, promiseMs, recordOf, freshUntil, fetch, on, now, random = Math.random } = dependencies
  const gapMs = 60_000 / callsPerMinute
  const pauseFrom = (at: number) => at + gapMs * (1 + random()) // never exceeds the share of calls
  let dueAt = pauseFrom(now())
  let isFetching = false
  let pending: Pending[] = []
  const endpoint = watchedRow

  const judge = ({ entry, knownAt }: Pending): WatchedEvent | undefined => {
    const promisedAt = knownAt + promiseMs
    const leftAt = Math.min(entry.askedAt, freshUntil(entry)) // a response past its fresh time states its age
    if (leftAt > promisedAt) return { endpoint, result: 'stale', ageMs: leftAt - knownAt }
    return entry.isGone || now() - knownAt > giveUpMs ? { endpoint, result: 'changed_since' } : undefined
  }

  /** Reports the entries for which it is now known whether a response was stale. */
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
      // VDAB fails, or has no capacity for background work: this response stays unchecked.
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
    /** Called for each sent response. For almost all of them it costs a comparison of two numbers. */
    note: ({ shown, status }: Pick<Answered, 'shown' | 'status'>) => {
      if (pending.length > 0) settle()
      if (now() >= dueAt && !isFetching && status < 300) sample(shown())
    },
    settle
  }
}

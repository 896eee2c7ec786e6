import { setMaxListeners } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'

const windowMs = 10_000
/** Refusals in a window that anyone may cause and be told of at once: a wrong deployment, a loop that learns its limit. */
const free = 100
/** Answers held at one moment; beyond them it costs less to answer. */
const maxHeld = 2000
const originsKept = 10_000

/**
 * Holds the answer of who is refused again and again: whoever asks with wrong keys, or past their limit, as fast as they
 * are answered, then asks `holdMs` (ms) apart, and the time stays with the others. `origin` is an address or a consumer's name.
 */
export const createPatience = ({ holdMs, now = Date.now }: { holdMs: number; now?: () => number }) => {
  const refused = new LRUCache<string, { since: number; count: number }>({ max: originsKept })
  let held = 0
  const ended = new AbortController()
  setMaxListeners(0, ended.signal) // one for each answer that is held

  /** Resolves when the answer may leave. */
  const hold = async (origin: string): Promise<void> => {
    if (holdMs === 0) return
    const time = now()
    const known = refused.get(origin)
    const window = known && time - known.since < windowMs ? known : { since: time, count: 0 }
    window.count += 1
    if (window !== known) refused.set(origin, window)
    if (window.count <= free || held >= maxHeld) return
    held += 1
    await after(holdMs, undefined, { signal: ended.signal }).catch(() => {})
    held -= 1
  }
  return {
    hold,
    /** Lets everything go that is held: the server stops. */
    end: () => { ended.abort() }
  }
}

export type Patience = ReturnType<typeof createPatience>

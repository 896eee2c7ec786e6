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
  const held = new Set<() => void>()
  let isOver = false

  /** Resolves when the answer may leave; undefined when it may at once. */
  const hold = (origin: string): Promise<void> | undefined => {
    if (holdMs === 0 || isOver) return undefined
    const time = now()
    const known = refused.get(origin)
    const window = known && time - known.since < windowMs ? known : { since: time, count: 0 }
    window.count += 1
    if (window !== known) refused.set(origin, window)
    if (window.count <= free || held.size >= maxHeld) return undefined
    return new Promise((resolve) => {
      const release = () => {
        clearTimeout(timer)
        held.delete(release)
        resolve()
      }
      const timer = setTimeout(release, holdMs)
      held.add(release)
    })
  }
  return {
    hold,
    /** Lets everything go that is held: the server stops. */
    end: () => {
      isOver = true
      for (const release of held) release()
    }
  }
}

export type Patience = ReturnType<typeof createPatience>

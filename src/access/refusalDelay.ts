import { LRUCache } from 'lru-cache'

/** ms in which refusals are counted. */
export const windowMs = 10_000
/** Refusals in a window that anyone may cause and be told of at once: a wrong deployment, a loop that learns its limit. */
export const free = 100
/** ms between two held answers of one origin: released all at once, they would all be asked again at once. */
const spacingMs = 4
/** Answers held at one moment; beyond them it costs less to answer. */
const maxHeld = 2000
const originsKept = 10_000

/** `leavesAt`: when the last held answer leaves, by the monotonic clock. */
type Window = { since: number; count: number; leavesAt: number }

/** Who is refused: a consumer, or where there is none, an address. */
export const originOf = ({
  consumer,
  ip
}: {
  consumer?: { readonly name: string } | undefined
  ip: string | undefined
}): string => (consumer ? `consumer ${consumer.name}` : `address ${ip ?? ''}`)

/**
 * Holds the answer of who is refused again and again: whoever asks with wrong keys, past their limit or what is wrong, as
 * fast as they are answered, then waits at least `holdMs` (ms) for each answer, and has no more than 250 of them a second.
 */
export const createRefusalDelay = ({ holdMs, now = Date.now }: { holdMs: number; now?: () => number }) => {
  const refused = new LRUCache<string, Window>({ max: originsKept })
  const held = new Set<() => void>()
  let isOver = false

  /** Counts so many refusals. Resolves when the answer may leave; undefined when it may at once. */
  const hold = (origin: string, count = 1): Promise<void> | undefined => {
    if (holdMs === 0 || isOver) return undefined
    const time = now()
    const known = refused.get(origin)
    const window =
      known && time - known.since < windowMs ? known : { since: time, count: 0, leavesAt: known?.leavesAt ?? 0 }
    window.count += count
    if (window !== known) refused.set(origin, window)
    if (window.count <= free || held.size >= maxHeld) return undefined
    const at = performance.now()
    window.leavesAt = Math.max(at + holdMs, window.leavesAt + spacingMs)
    return new Promise((resolve) => {
      const release = () => {
        clearTimeout(timer)
        held.delete(release)
        resolve()
      }
      const timer = setTimeout(release, window.leavesAt - at)
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

export type RefusalDelay = ReturnType<typeof createRefusalDelay>

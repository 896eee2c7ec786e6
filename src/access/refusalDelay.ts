import { LRUCache } from 'lru-cache'

/** The window, in ms, in which refusals are counted. */
export const windowMs = 10_000
/**
 * The number of refusals in a window that are not delayed, for a client that is misconfigured or has reached its limit.
 */
export const free = 100
/** ms between two delayed responses of one origin, so that it does not repeat all requests at once. */
const spacingMs = 4
/** The largest number of delayed responses; above it an immediate response costs less memory. */
const maxHeld = 2000
const originsKept = 10_000

/** `leavesAt` is the time of the last delayed response, on performance.now(). */
type Window = { since: number; count: number; leavesAt: number }
type Origin = { consumer?: { readonly name: string } | undefined; ip: string | undefined }

/** Identifies the client of a refused request: its consumer, or its address if there is none. */
export const originOf = ({ consumer, ip }: Origin): string =>
  consumer ? `consumer ${consumer.name}` : `address ${ip ?? ''}`

/** Delays each response to an origin with many refused requests, by `holdMs` (ms) or more, to at most 250 a second. */
export const createRefusalDelay = ({ holdMs, now = Date.now }: { holdMs: number; now?: () => number }) => {
  const windows = new LRUCache<string, Window>({ max: originsKept })
  const held = new Set<() => void>()
  let isOver = false

  /** Counts refusals. Resolves when the response may be sent; undefined = at once. */
  const hold = (origin: string, count = 1): Promise<void> | undefined => {
    if (holdMs === 0 || isOver) return undefined
    const time = now()
    const known = windows.get(origin)
    const window =
      known && time - known.since < windowMs ? known : { since: time, count: 0, leavesAt: known?.leavesAt ?? 0 }
    window.count += count
    if (window !== known) windows.set(origin, window)
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
    /** Releases all delayed responses when the server stops. */
    end: () => {
      isOver = true
      for (const release of held) release()
    }
  }
}

export type RefusalDelay = ReturnType<typeof createRefusalDelay>

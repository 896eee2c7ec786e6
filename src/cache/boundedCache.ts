import type { EntryVersion } from './tier.ts'

/** A thing in a room; `home` is where it can be found, under `key`. `isUsed` since the hand went past it. */
export type Held = {
  readonly home: Map<unknown, Held>
  readonly key: unknown
  readonly value: unknown
  readonly versions: readonly EntryVersion[]
  bytes: number
  isUsed: boolean
}

const isGone = ({ versions }: Held): boolean => versions.some((stamp) => stamp.isGone)

/**
 * Room for things made of cached entries, bounded by bytes. When it is full a hand goes round: it spares once what was used
 * since it last came by, and takes what was not, or what no longer stands. So using a thing costs no more than a note on it,
 * where a list in the order of use is mended each time.
 */
export const createBoundedCache = ({ maxBytes }: { maxBytes: number }) => {
  const all = new Set<Held>()
  let bytes = 0
  let hand = all.values()

  const next = (): Held | undefined => {
    const at = hand.next()
    if (!at.done) return at.value
    hand = all.values()
    return hand.next().value
  }

  const leave = (held: Held) => {
    if (!all.delete(held)) return
    bytes -= held.bytes
    if (held.home.get(held.key) === held) held.home.delete(held.key)
  }

  const makeRoom = () => {
    while (bytes > maxBytes) {
      const held = next()
      if (!held) return
      if (held.isUsed && !isGone(held)) held.isUsed = false
      else leave(held)
    }
  }

  return {
    /** Takes a thing in, in the place of the one that stands there; not when it is larger than a tenth of the room, or no longer stands. */
    enter(held: Held) {
      const { home, key } = held
      const before = home.get(key)
      if (before) leave(before)
      if (held.bytes > maxBytes / 10 || isGone(held)) return
      home.set(key, held)
      all.add(held)
      bytes += held.bytes
      makeRoom()
    },
    /** Takes the thing out that stands there, if any does. */
    remove(home: ReadonlyMap<unknown, Held>, key: unknown) {
      const held = home.get(key)
      if (held) leave(held)
    },
    /** A thing, if it is in the room, holds so many bytes more. */
    grow(held: Held | undefined, more: number) {
      if (held === undefined) return
      held.bytes += more
      bytes += more
      makeRoom()
    },
    /** The thing that stands there, if all that it was made of still stands. */
    find(home: ReadonlyMap<unknown, Held>, key: unknown): Held | undefined {
      const held = home.get(key)
      if (held === undefined) return undefined
      if (isGone(held)) {
        leave(held)
        return undefined
      }
      held.isUsed = true
      return held
    },
    size: () => ({ bytes, items: all.size })
  }
}

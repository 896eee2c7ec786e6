import { sizeOf } from './size.ts'
import { fromText } from './text.ts'
import type { Json } from './text.ts'
import type { Entry } from './tier.ts'

const openedBytes = 150 // the note of it, its place in the Set and in a WeakMap

type Dependencies = {
  maxBytes: number
  json?: Json | undefined
  /** told of every object that an entry is read into */
  onOpen: (value: object, entry: Entry) => void
}

/**
 * The objects of the entries that are held as text, for those in use: each is one and the same object while it lives, so that
 * what is made of it can be kept by it. Bounded by bytes. A hand goes round, and closes what was not used since it passed:
 * nearly the least recently used, and a use costs nothing but to say so.
 */
export const createOpened = ({ maxBytes, json, onOpen }: Dependencies) => {
  const open = new Set<Entry>()
  let hand = open.values()
  let bytes = 0

  const close = (entry: Entry) => {
    if (entry.opened === undefined) return
    open.delete(entry)
    bytes -= entry.opened.bytes
    entry.opened = undefined
  }

  const makeRoom = () => {
    while (bytes > maxBytes) {
      const { value: entry } = hand.next()
      if (entry === undefined) hand = open.values()
      else if (entry.opened?.isUsed) entry.opened.isUsed = false
      else close(entry)
    }
  }

  const keep = (entry: Entry, value: object) => {
    onOpen(value, entry)
    const size = openedBytes + sizeOf(value)
    if (size > maxBytes / 10 || entry.stamp?.isGone) return
    entry.opened = { value, bytes: size, isUsed: false }
    open.add(entry)
    bytes += size
    makeRoom()
  }

  return {
    /** The object of an entry that is held as text. */
    valueOf: (entry: Entry & { readonly text: string }): object => {
      if (entry.opened) {
        entry.opened.isUsed = true
        return entry.opened.value
      }
      const value = fromText(entry.text, json)
      keep(entry, value)
      return value
    },
    close,
    size: () => ({ bytes, items: open.size })
  }
}

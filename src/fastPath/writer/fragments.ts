import type { PerEntryCache } from '../../cache/derived.ts'
import type { EntryVersion } from '../../cache/tier.ts'
import { gap } from '../byteChunks.ts'
import { flattened } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import type { Pass, Write } from './pass.ts'
import { asSource } from './values.ts'

/** The text of one entity for one selection, and the versions of the lists whose labels it contains. */
export type Fragment = { readonly text: Bytes; readonly lists: readonly EntryVersion[] }

/** The store of fragments, and the functions that check their freshness. */
export type FragmentStore = {
  fragments: PerEntryCache<Fragment>
  /** the instant, in ms, until which a cache entry is fresh */
  freshUntil: (version: EntryVersion) => number
  /** marks a cache entry as recently used */
  touch: (version: EntryVersion) => void
  now: () => number
}

/** A list in constant use is marked as used at this interval. */
const touchEveryMs = 1000

/**
 * Stores the text of an entity with its cache entry, for other answers to the same operation. A fragment is valid while
 * its entity is in the cache and the lists whose labels it contains are fresh. Those lists count as parts of every
 * answer with the fragment. Returns a function that adds this to the writer of an entity type.
 */
export const createFragments = ({ fragments, freshUntil, touch, now }: FragmentStore) => {
  const note = ({ context, freshLists }: Pass, list: EntryVersion, time: number) => {
    const ages = { ageMs: time - list.startedAt, leftMs: freshUntil(list) - time }
    context.vdab.versheid.note({ how: 'hit', ...ages, entryVersion: list })
    if (time - list.askedAt >= touchEveryMs) touch(list)
    freshLists.add(list)
  }

  /** Are all of these lists fresh? If so, records them as parts of the answer. */
  const areFresh = (pass: Pass, lists: readonly EntryVersion[]): boolean => {
    if (lists.every((list) => pass.freshLists.has(list))) return true
    const unchecked = lists.filter((list) => !pass.freshLists.has(list))
    const time = now()
    if (unchecked.some((list) => list.isGone || freshUntil(list) <= time)) return false
    for (const list of unchecked) note(pass, list, time)
    return true
  }

  /** Writes an entity, and stores its text unless it contains personal data or a stale part. */
  const writeAndStore = (write: Write, value: unknown, pass: Pass, entity: EntryVersion, selection: object): Bytes => {
    const { personal, vdab } = pass.context
    pass.isInFragment = true
    const { made: text, versions: lists } = vdab.versheid.during(() => write(value, pass))
    pass.isInFragment = false
    if (lists === undefined || personal.hidden().length > 0 || personal.shown().size > 0) return text
    const stored = flattened(text)
    fragments.keep(entity, selection, { text: stored, lists }, { bytes: stored.length, versions: [entity, ...lists] })
    return stored
  }

  return (write: Write): Write => {
    const selection = {} // the key of the fragments that this writer stores
    return (value, pass) => {
      if (!pass.usesFragments || pass.isInFragment) return write(value, pass)
      const entity = pass.context.vdab.entryVersionOf(asSource(value))
      if (entity === undefined || entity.isGone) return write(value, pass)
      const stored = fragments.find(entity, selection)?.value
      const isValid = stored !== undefined && areFresh(pass, stored.lists)
      pass.parts.push(isValid ? stored.text : writeAndStore(write, value, pass, entity, selection))
      return gap
    }
  }
}

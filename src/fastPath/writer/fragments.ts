import { hash } from 'node:crypto'
import type { GraphQLObjectType } from 'graphql'
import type { Beside } from '../../cache/derived.ts'
import type { Cache, RequestCache } from '../../cache/requestCache.ts'
import type { EntryVersion } from '../../cache/tier.ts'
import type { Context } from '../../context.ts'
import { gap } from '../byteChunks.ts'
import { inOnePiece } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { isEntity } from './compile.ts'
import type { Compiled, Pass, Write } from './compile.ts'
import { asSource } from './objects.ts'
import type { FieldSource } from './objects.ts'

/** What was written of one entity, and the stamps of the lists whose labels stand in it. */
export type Fragment = { readonly text: Bytes; readonly lists: readonly EntryVersion[] }
/**
 * What is selected of an entity, or below one of its fields, however its document is spelled; `lists` are those of the
 * last fragment, for the next one to share. `last` is the number of the pass that asked for it last, `passes` how many
 * have.
 */
type Selection = { lists: readonly EntryVersion[]; last: number; passes: number }

/** Where fragments are kept, and how it is told whether they still hold. */
export type Keeping = {
  made: Beside<Fragment>
  /** the instant, in ms, up to which what bears this stamp is fresh */
  freshUntil: (stamp: EntryVersion) => number
  /** notes that something made of this was asked for */
  touch: (stamp: EntryVersion) => void
  now: () => number
}

/** One writing of an answer that fragments may go into. */
export type KeepingPass = Pass & {
  readonly number: number
  /** are they taken, and kept? */
  readonly isKeeping: boolean
  /** is one being made? What stands in it is written anew, so that it knows all its parts. */
  isMaking: boolean
  /** the lists that were fresh a moment ago */
  readonly trusted: Set<EntryVersion>
  lastTrusted: readonly EntryVersion[] | undefined
  /** the fragments that it is made of, in their order */
  readonly parts: Bytes[]
}

type Writing<V> = (value: V, pass: KeepingPass) => Bytes

/** What a selection retains. */
const selectionBytes = 200
/** Longer spellings of a field are put together by few, and take long to look up. */
const longestSpelling = 500
/**
 * The pass from which on what is written is kept: before, it would be work for nothing. Fields are counted where their
 * selection is new.
 */
const worthFrom = { selection: 2, member: 3 } as const
/** What is asked all the time needs no note of each time. */
const touchedEveryMs = 1000
const none: readonly EntryVersion[] = []
const areSame = (some: readonly EntryVersion[], others: readonly EntryVersion[]) =>
  some.length === others.length && some.every((stamp, index) => stamp === others[index])

/**
 * Keeps what is written of an entity beside the entity, for every answer that selects the same of it. A fragment holds
 * as long as its entity stands and the lists whose labels stand in it are fresh. Those become parts of each answer it
 * goes into.
 */
export const createFragments = ({ made, freshUntil, touch, now, shared }: Keeping & { shared: RequestCache }) => {
  const selections = shared.cache<Selection>()
  const members = shared.cache<Selection>()

  let passes = 0

  const selectionIn = (known: Cache<Selection>, key: string): Selection => {
    const found = known.get(key)
    if (found) return found
    const selection = { lists: none, last: 0, passes: 0 }
    known.set(key, selection, selectionBytes)
    return selection
  }

  /** Counts a pass, once; how many there were. */
  const countIn = (selection: Selection, { number }: KeepingPass): number => {
    if (selection.last !== number) {
      selection.last = number
      selection.passes += 1
    }
    return selection.passes
  }

  const isFresh = (stamp: EntryVersion, at: number) => !stamp.isGone && freshUntil(stamp) > at
  const join = ({ context, trusted }: KeepingPass, stamp: EntryVersion, at: number) => {
    context.vdab.versheid.note({ how: 'hit', ageMs: at - stamp.startedAt, leftMs: freshUntil(stamp) - at, stamp })
    if (at - stamp.askedAt >= touchedEveryMs) touch(stamp)
    trusted.add(stamp)
  }

  /** Are these lists fresh? Then they are parts of this answer. */
  const trusts = (pass: KeepingPass, lists: readonly EntryVersion[]): boolean => {
    if (lists === pass.lastTrusted || lists.length === 0) return true
    const at = now()
    for (const stamp of lists) if (!pass.trusted.has(stamp) && !isFresh(stamp, at)) return false
    for (const stamp of lists) if (!pass.trusted.has(stamp)) join(pass, stamp, at)
    pass.lastTrusted = lists
    return true
  }

  const make = <V>(
    write: Writing<V>,
    value: V,
    pass: KeepingPass,
    stamp: EntryVersion,
    selection: Selection
  ): Bytes => {
    const { personal, vdab } = pass.context
    pass.isMaking = true
    const { made: text, versions } = vdab.versheid.during(() => write(value, pass))
    pass.isMaking = false
    if (versions === undefined || personal.hidden().length > 0 || personal.shown().size > 0) return text
    const lists = areSame(versions, selection.lists) ? selection.lists : versions
    selection.lists = lists
    const kept = inOnePiece(text)
    made.keep(stamp, selection, { text: kept, lists }, { bytes: kept.length, versions: [stamp, ...lists] })
    return kept
  }

  /** What is kept of it, or is from now on; undefined where nothing can be. */
  const take = <V>(write: Writing<V>, value: V, pass: KeepingPass, selection: Selection): Bytes | undefined => {
    const stamp = pass.isKeeping && !pass.isMaking ? pass.context.vdab.stampOf(asSource(value)) : undefined
    if (stamp === undefined || stamp.isGone) return undefined
    const found = made.find(stamp, selection)
    return found === undefined || !trusts(pass, found.value.lists)
      ? make(write, value, pass, stamp, selection)
      : found.value.text
  }

  return {
    pass: (context: Context): KeepingPass => ({
      context,
      number: (passes += 1),
      isKeeping: !context.vdab.isFresherAsked,
      isMaking: false,
      trusted: new Set(),
      lastTrusted: undefined,
      parts: []
    }),
    /** The writer of a type, by way of what is kept where its objects are entities. */
    entity: (type: GraphQLObjectType, { write, spelling }: Compiled<KeepingPass>): Write<KeepingPass> => {
      if (!isEntity(type)) return write
      const selection = selectionIn(selections, hash('sha256', spelling)) // spellings are long
      return (value, pass) => {
        const text = countIn(selection, pass) < worthFrom.selection ? undefined : take(write, value, pass, selection)
        if (text === undefined) return write(value, pass)
        pass.parts.push(text)
        return gap
      }
    },
    /**
     * The writer of a field of an entity, by way of what is kept where several selections that were new had it: what
     * such selections have in common are their fields.
     */
    member: (write: Writing<FieldSource>, spelling: string): Writing<FieldSource> => {
      if (spelling.length > longestSpelling) return write
      const member = selectionIn(members, spelling)
      return (source, pass) => {
        const isWorth = !pass.isMaking && countIn(member, pass) >= worthFrom.member
        return (isWorth ? take(write, source, pass, member) : undefined) ?? write(source, pass)
      }
    }
  }
}

export type FragmentCache = ReturnType<typeof createFragments>

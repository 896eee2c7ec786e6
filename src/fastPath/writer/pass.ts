import type { EntryVersion } from '../../cache/tier.ts'
import type { Context } from '../../context.ts'
import type { Bytes } from './bytes.ts'

/** The state of writing one answer. */
export type Pass = {
  readonly context: Context
  /** may fragments be used and stored? */
  readonly usesFragments: boolean
  /** is a fragment being written? Entities inside it are part of its text. */
  isInFragment: boolean
  /** versions of lists that are known to be fresh and are recorded as parts of this answer */
  readonly freshLists: Set<EntryVersion>
  /** the fragments in the answer, in order */
  readonly parts: Bytes[]
}

/** Writes a value with its selections. Throws any error if GraphQL has to produce the answer. */
export type Write = (value: unknown, pass: Pass) => Bytes

/** The state at the start of an answer. */
export const createPass = (context: Context, usesFragments: boolean): Pass => ({
  context,
  usesFragments,
  isInFragment: false,
  freshLists: new Set(),
  parts: []
})

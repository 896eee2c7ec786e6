/**
 * Files that still break a rule, by rule. Remove an entry once its file follows the rule, and this file with the last
 * entry.
 */
export type Exceptions = {
  /** files at the root of src without a folder */
  readonly atRoot: readonly string[]
  /** folders without README.md */
  readonly withoutReadme: readonly string[]
  /** names that two files export */
  readonly exportedTwice: readonly string[]
  /** files that are too long */
  readonly long: readonly string[]
  /** files with lines of more than 120 columns */
  readonly wide: readonly string[]
}

/** No exceptions, for trees that test a rule. */
export const none: Exceptions = { atRoot: [], withoutReadme: [], exportedTwice: [], long: [], wide: [] }

/** The exceptions of src. */
export const exceptions: Exceptions = {
  atRoot: [],
  withoutReadme: [],
  exportedTwice: [],
  long: [],
  // The simulator has VDAB's texts verbatim.
  wide: ['simulator/codes.ts', 'simulator/documented.ts', 'simulator/texts.ts']
}

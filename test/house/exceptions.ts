/** Files that do not keep to a rule yet, by rule. An entry goes once its file keeps to it, and this file with the last one. */
export type Exceptions = {
  /** files at the root of src that have no room */
  readonly atRoot: readonly string[]
  /** folders without README.md */
  readonly withoutReadme: readonly string[]
  /** names that two files export */
  readonly exportedTwice: readonly string[]
  /** files with more lines than a file may have */
  readonly long: readonly string[]
  /** files with lines of more than 120 columns */
  readonly wide: readonly string[]
}

/** No exceptions: for trees that prove a rule. */
export const none: Exceptions = { atRoot: [], withoutReadme: [], exportedTwice: [], long: [], wide: [] }

/** The exceptions of src. */
export const exceptions: Exceptions = {
  atRoot: [],
  withoutReadme: [],
  exportedTwice: [],
  long: [],
  // The simulator keeps VDAB's texts to the letter.
  wide: ['simulator/codes.ts', 'simulator/documented.ts', 'simulator/texts.ts']
}

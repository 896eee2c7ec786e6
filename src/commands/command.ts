/** One option of a command: `--port PORT`, or without a value `--check`. */
export type Option = {
  /** what its value is; absent for an option without a value */
  readonly value?: string
  readonly text: string
  /** what holds without it */
  readonly default?: string
}

/** What a command line gives to its command. */
export type Given = {
  readonly values: Readonly<Record<string, string | true | undefined>>
  /** the arguments that are no options */
  readonly words: readonly string[]
  /** all arguments, as they were given */
  readonly args: readonly string[]
}

/** A row of the table of commands. */
export type Command = {
  readonly name: string
  readonly purpose: string
  /** the forms of the command line, without the name of the program and its options */
  readonly usage: readonly string[]
  /** does it take arguments that are no options? */
  readonly takesWords?: boolean
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly string[]
  /** Resolves to false when what was checked is not right: the process then ends with 1. */
  readonly run: (given: Given) => unknown
}

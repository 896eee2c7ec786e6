/** One option of a command: `--port PORT`, or without a value `--check`. */
export type Option = {
  /** the meaning of its value; absent for an option without a value */
  readonly value?: string
  readonly text: string
  /** the behaviour without the option */
  readonly default?: string
}

/** The parsed command line of a command. */
export type Given = {
  readonly values: Readonly<Record<string, string | true | undefined>>
  /** the arguments that are not options */
  readonly words: readonly string[]
  /** all arguments, as they were given */
  readonly args: readonly string[]
}

/** A row of the table of commands. */
export type Command = {
  readonly name: string
  readonly purpose: string
  /** the forms of the command line, without the program name and the options */
  readonly usage: readonly string[]
  /** does it take arguments that are not options? */
  readonly takesWords?: boolean
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly string[]
  /** Resolves to false when a check failed: the process then exits with 1. */
  readonly run: (given: Given) => unknown
}

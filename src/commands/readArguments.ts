import { parseArgs } from 'node:util'
import { UsageError } from '../errors.ts'
import { likelyName } from '../formats/likelyName.ts'
import type { Command, Given } from './command.ts'

/** The text `; did you mean 'x'?`, or a full stop. */
export const likelyHint = (given: string, known: Iterable<string>, prefix = ''): string => {
  const likely = likelyName(given, known, given.length < 4 ? 1 : 2)
  return likely === undefined ? '.' : `; did you mean '${prefix}${likely}'?`
}

/** The options of every command, in addition to its own. */
export const commonOptions = { help: { text: 'prints this text' } } as const

/**
 * Reads the arguments of a command by its row. Throws UsageError, which names an unknown option and the likely one, and
 * contains no value.
 */
export const readArguments = ({ options, takesWords }: Command, args: readonly string[]): Given => {
  const known: Command['options'] = { ...options, ...commonOptions }
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(
        Object.entries(known).map(([name, { value }]) => [
          name,
          { type: value === undefined ? ('boolean' as const) : ('string' as const) }
        ])
      ),
      help: { type: 'boolean', short: 'h' }
    }
  })
  const values: Record<string, string | true> = {}
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined
    if (!option)
      throw new UsageError(`Unknown option '${token.rawName}'${likelyHint(token.name, Object.keys(known), '--')}`)
    const isGiven = token.value !== undefined && (token.inlineValue || !token.value.startsWith('-'))
    if (option.value === undefined && token.value !== undefined) throw new UsageError(`--${token.name} takes no value`)
    if (option.value !== undefined && !isGiven) throw new UsageError(`--${token.name} needs a value: ${option.value}`)
    values[token.name] = token.value ?? true
  }
  if (!takesWords && words.length > 0) throw new UsageError(`Unexpected argument '${words[0] ?? ''}'`)
  return { values, words, args }
}

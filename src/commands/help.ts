import type { Command } from './command.ts'
import { commonOptions } from './readArguments.ts'

const program = 'vdab-gateway'
const width = 120

const aligned = (rows: readonly (readonly [string, string])[]): readonly string[] => {
  const left = Math.max(...rows.map(([name]) => name.length))
  return rows.flatMap(([name, text]) => {
    const lines: string[] = ['']
    for (const word of text.split(' ')) {
      const line = lines.at(-1) ?? ''
      if (line !== '' && left + line.length + word.length + 5 > width) lines.push(word)
      else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
    }
    return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(left)}  ${line}`)
  })
}

const block = (title: string, lines: readonly string[]) => [`${title}:`, ...lines, '']

const codes = aligned([
  ['0', 'done, or all that was checked is right'],
  ['1', 'settings or files are not right, a check failed, or the start failed'],
  ['2', 'the command line is not right: an unknown command or option, or an option without its value']
])

/** The help of one command: its forms, its options with their defaults, examples. */
export const helpOf = ({ purpose, usage, options, examples }: Command): string => {
  const all: Command['options'] = { ...options, ...commonOptions }
  const rows = Object.entries(all).map(([name, { value, text, default: fallback }]) => {
    const form = value === undefined ? `--${name}` : `--${name} ${value}`
    return [name === 'help' ? '--help, -h' : form, fallback === undefined ? text : `${text} (default: ${fallback})`]
  })
  return [
    purpose,
    '',
    ...block(
      'Usage',
      usage.map((form) => `  ${program} ${form}`)
    ),
    ...block('Options', aligned(rows.map(([name = '', text = '']) => [name, text] as const))),
    ...block(
      'Examples',
      examples.map((line) => `  ${line}`)
    ),
    'Settings come from the environment; docs/operations/settings.md lists them.'
  ].join('\n')
}

/** The help of the program: its commands and exit codes. */
export const helpOfAll = (commands: readonly Command[]): string =>
  [
    ...block('Usage', [
      `  ${program} [COMMAND] [OPTIONS]   without a command: ${commands[0]?.name ?? ''}`,
      `  ${program} COMMAND --help        the options of a command, with examples`,
      `  ${program} --version, -v         the version`
    ]),
    ...block('Commands', aligned(commands.map(({ name, purpose }) => [name, purpose] as const))),
    ...block('Exit codes', codes),
    'Settings come from the environment; docs/operations/settings.md lists them.'
  ].join('\n')

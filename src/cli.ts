#!/usr/bin/env node
import type { Command } from './commands/command.ts'
import { helpOf, helpOfAll } from './commands/help.ts'
import { likelyHint, readArguments } from './commands/readArguments.ts'
import { readAuditSettings } from './config/audit.ts'
import { readConfig, withFlags } from './config/index.ts'
import { ConfigError, UsageError } from './errors.ts'
import { version } from './http/version.ts'

const whereToListen = {
  host: { value: 'HOST', text: 'address to listen on', default: '127.0.0.1, or the setting HOST' },
  port: { value: 'PORT', text: 'port to listen on, 0 for a free one', default: '3000, or the setting PORT' }
}

/** The settings, overridden by options. */
const settingsWith = ({ host, port }: Readonly<Record<string, string | true | undefined>>) =>
  withFlags({
    ...(host === undefined ? {} : { HOST: String(host) }),
    ...(port === undefined ? {} : { PORT: String(port) })
  })

/** Every command; the first one is the default. */
const commands: readonly Command[] = [
  {
    name: 'serve',
    purpose: 'Runs the gateway until SIGTERM or SIGINT.',
    usage: ['[serve] [--host HOST] [--port PORT]', 'serve --check'],
    options: {
      ...whereToListen,
      check: { text: 'checks the settings and the files that they name, and ends with 0 or 1 without listening' }
    },
    examples: [
      'vdab-gateway --port 8080',
      'VDAB_API_KEY_FILE=vdab.key CONSUMERS_FILE=consumers.json vdab-gateway serve'
    ],
    run: async ({ values }) => {
      const config = readConfig(settingsWith(values))
      if (values['check'] === true) return (await import('./commands/checkSettings.ts')).checkSettings(config)
      return (await import('./commands/serve.ts')).serve(config)
    }
  },
  {
    name: 'simulate',
    purpose: 'Runs the simulator of VDAB alone.',
    usage: ['simulate [OPTIONS]'],
    options: {
      host: { value: 'HOST', text: 'address to listen on', default: '127.0.0.1' },
      port: { value: 'PORT', text: 'port to listen on, 0 for a free one', default: '4010' },
      vacatures: { value: 'N', text: 'number of vacancies', default: '2000' },
      kandidaten: { value: 'N', text: 'number of candidates', default: '500' },
      latency: { value: 'MS', text: 'ms that each answer takes', default: '0' },
      seed: { value: 'N', text: 'the same seed gives the same data', default: '1' },
      date: { value: 'YYYY-MM-DD', text: 'newest date of the generated data', default: 'today, UTC' },
      key: { value: 'KEY', text: 'the only key that is accepted', default: 'any key' },
      profile: { value: 'v2|v4|both', text: "the version of VDAB's Vacature API", default: 'v2' },
      totals: {
        value: 'NAME',
        text: 'members of the totals of v4: both, totaalAantalResultaten or aantal',
        default: 'both'
      },
      plain: { text: 'data without traps: no missing members, odd HTML, unknown codes, duplicates or NOT_FOUND ids' },
      scenario: { value: 'FILE', text: 'JSON file with steps to play, such as those in examples/scenarios/' }
    },
    examples: ['vdab-gateway simulate --port 4010 --vacatures 500', 'vdab-gateway simulate --profile v4 --latency 200'],
    run: async ({ values }) => (await import('./commands/simulate.ts')).simulate(values)
  },
  {
    name: 'check',
    purpose: "Checks each requirement of the gateway against VDAB's API, item by item.",
    usage: ['check [--report FILE]'],
    options: { report: { value: 'FILE', text: 'file for the findings, as JSON', default: 'vdab-check.json' } },
    examples: ['VDAB_API_KEY_FILE=vdab.key vdab-gateway check --report findings.json'],
    run: async ({ values: { report = 'vdab-check.json' } }) =>
      (await import('./commands/check.ts')).check(readConfig(withFlags({}), { needsConsumers: false }), {
        report: String(report)
      })
  },
  {
    name: 'keys',
    purpose: 'Manages the consumers and their keys in CONSUMERS_FILE.',
    usage: ['keys add NAME --scopes a,b [--doel TEXT]', 'keys add NAME', 'keys list', 'keys revoke NAME'],
    takesWords: true,
    options: {
      scopes: {
        value: 'a,b',
        text: 'scopes of a new consumer, separated by commas; without them NAME gets a second key'
      },
      doel: { value: 'TEXT', text: 'the fixed purpose of a new consumer that reads CVs' }
    },
    examples: ['CONSUMERS_FILE=consumers.json vdab-gateway keys add jobsite --scopes vacatures'],
    run: async ({ args }) => (await import('./commands/keys.ts')).keys([...args], withFlags({})['CONSUMERS_FILE'])
  },
  {
    name: 'audit',
    purpose: 'Verifies the audit log, prints the end of its chain, or tells who could see a field on a day.',
    usage: [
      'audit verify [--file FILE] [--from DAY] [--head NR:HASH] [--key-file FILE]... [--stdout] [--json]',
      'audit head [--file FILE]',
      'audit access --field TYPE.FIELD --day DAY [--file FILE] [--json]'
    ],
    takesWords: true,
    options: {
      file: { value: 'FILE', text: 'the audit file', default: 'the setting AUDIT_FILE' },
      from: { value: 'DAY', text: 'verifies the records from this day on, such as 2026-11-28' },
      head: { value: 'NR:HASH', text: 'an end of the chain that was noted: verifies that it is still in the log' },
      'key-file': { value: 'FILE', text: 'a file with an earlier AUDIT_CHAIN_KEY; may be given several times' },
      stdout: { text: 'the file holds collected standard output, with a chain for each process' },
      field: { value: 'TYPE.FIELD', text: 'a field of the schema, such as Kandidaat.naam' },
      day: { value: 'DAY', text: 'the day of the question' },
      json: { text: 'prints the result as JSON' }
    },
    examples: [
      'AUDIT_FILE=audit.ndjson vdab-gateway audit verify',
      'vdab-gateway audit access --file audit.ndjson --field Kandidaat.naam --day 2026-11-28'
    ],
    run: async ({ args }) => (await import('./commands/audit.ts')).audit([...args], readAuditSettings(withFlags({})))
  },
  {
    name: 'doctor',
    purpose: 'Examines the machine, the settings, the files and VDAB, and says what is wrong and what to do.',
    usage: ['doctor [--json]'],
    options: { json: { text: 'prints the findings as JSON' } },
    examples: ['vdab-gateway doctor --json', 'node --env-file=.env dist/cli.js doctor'],
    run: async ({ values }) =>
      (await import('./commands/doctor.ts')).doctor(withFlags({}), { isJson: values['json'] === true })
  }
]

const print = (text: string) => process.stdout.write(`${text}\n`)

const main = async ([first, ...rest]: readonly string[]): Promise<unknown> => {
  if (first === '--help' || first === '-h') return print(helpOfAll(commands))
  if (first === '--version' || first === '-v') return print(version ?? 'unknown')
  const isNamed = first !== undefined && !first.startsWith('-')
  const command = isNamed ? commands.find(({ name }) => name === first) : commands[0]
  if (!command) {
    const names = commands.map(({ name }) => name)
    throw new UsageError(
      `"${first ?? ''}" is not a command${likelyHint(first ?? '', names)} There are: ${names.join(', ')}.`
    )
  }
  const given = readArguments(command, isNamed || first === undefined ? rest : [first, ...rest])
  return given.values['help'] === true ? print(helpOf(command)) : command.run(given)
}

try {
  if ((await main(process.argv.slice(2))) === false) process.exitCode = 1
} catch (error) {
  const { message, stack = message } = error instanceof Error ? error : { message: String(error) }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const isUsage = error instanceof UsageError
  const needsNoStack = isUsage || error instanceof ConfigError || /^(EADDR|EACCES|ENOTFOUND|EAI_)/.test(code)
  process.stderr.write(
    `${needsNoStack ? message : stack}${isUsage ? '\nvdab-gateway --help lists the commands.' : ''}\n`
  )
  process.exit(isUsage ? 2 : 1) // an embedded simulator may already be listening
}

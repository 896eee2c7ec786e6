#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { audit, auditUsage } from './commands/audit.ts'
import { check } from './commands/check.ts'
import { readAuditSettings } from './config/audit.ts'
import { readConfig, withFlags } from './config/index.ts'
import { ConfigError } from './errors.ts'
import { keys } from './commands/keys.ts'
import { serve } from './commands/serve.ts'
import { simulate } from './commands/simulate.ts'

const usage = `Usage:
  vdab-gateway [serve] [--host HOST] [--port PORT]
  vdab-gateway simulate [--host HOST] [--port PORT] [--vacatures N] [--kandidaten N] [--latency MS] [--seed N] \
[--date YYYY-MM-DD] [--key KEY] [--profile v2|v4|both] [--totals NAME] [--plain] [--scenario FILE]
  vdab-gateway check [--report FILE]
  vdab-gateway keys add NAME --scopes a,b [--doel TEXT] | add NAME | list | revoke NAME
  vdab-gateway ${auditUsage}
Settings come from the environment; docs/operations.md lists them.`

const commands = {
  async serve(args: string[]) {
    const { values } = parseArgs({ args, options: { host: { type: 'string' }, port: { type: 'string' } } })
    const flags = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]))
    await serve(readConfig(withFlags(flags)))
  },
  simulate,
  async check(args: string[]) {
    const { report } = parseArgs({ args, options: { report: { type: 'string', default: 'vdab-check.json' } } }).values
    if (!(await check(readConfig(withFlags({}), { needsConsumers: false }), { report }))) process.exitCode = 1
  },
  keys: (args: string[]) => keys(args, withFlags({})['CONSUMERS_FILE']),
  async audit(args: string[]) {
    if (!(await audit(args, readAuditSettings(withFlags({}))))) process.exitCode = 1
  }
} as const

const isCommand = (name: string): name is keyof typeof commands => Object.hasOwn(commands, name)

const [first = 'serve', ...rest] = process.argv.slice(2)
const name = first.startsWith('-') ? 'serve' : first
const args = first.startsWith('-') ? [first, ...rest] : rest
try {
  if (first === '--help' || first === '-h') process.stdout.write(`${usage}\n`)
  else if (!isCommand(name))
    throw new ConfigError([`"${name}" is not a command; there are: ${Object.keys(commands).join(', ')}`])
  else await commands[name](args)
} catch (error) {
  const { message, stack = message } = error instanceof Error ? error : { message: String(error) }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const needsNoStack = error instanceof ConfigError || /^(ERR_PARSE_ARGS|EADDR|EACCES|ENOTFOUND|EAI_)/.test(code)
  process.stderr.write(`${needsNoStack ? message : stack}\n`)
  process.exit(1) // an embedded simulator can already be listening
}

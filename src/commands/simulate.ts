import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { ConfigError } from '../errors.ts'
import { demoClient } from '../simulator/credentials.ts'
import { profiles } from '../simulator/endpoints.ts'
import { createSimulator, type SimulatorOptions } from '../simulator/server.ts'
import { WrongSetting } from '../simulator/settings.ts'
import { tokenPath } from '../simulator/token-endpoint.ts'
import { totalsNames } from '../simulator/v4.ts'

const names = [
  'host',
  'port',
  'vacatures',
  'kandidaten',
  'latency',
  'seed',
  'key',
  'date',
  'profile',
  'totals',
  'scenario'
] as const
type Name = (typeof names)[number]

const options = {
  ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  plain: { type: 'boolean' as const }
}

/** The value of a flag that takes one of a few; undefined when it is absent. */
const oneOf = <Value extends string>(flag: string, value: string | undefined, allowed: readonly Value[]) => {
  const found = allowed.find((known) => known === value)
  if (value !== undefined && found === undefined)
    throw new ConfigError([`--${flag} must be one of ${allowed.join(', ')}`])
  return found
}

const readScenario = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not valid JSON' : 'cannot be read'
    throw new ConfigError([`--scenario: ${path} ${reason}`])
  }
}

const create = (given: SimulatorOptions) => {
  try {
    return createSimulator(given)
  } catch (error) {
    throw error instanceof WrongSetting ? new ConfigError([`--scenario: ${error.message}`]) : error
  }
}

/** Runs the simulator alone, until SIGTERM or SIGINT. */
export const simulate = async (args: string[]) => {
  // Every flag but plain has a text.
  const values = parseArgs({ args, options }).values as Partial<Record<Name, string>> & { plain?: boolean }
  const integer = (name: Name): number | undefined => {
    const value = values[name]
    if (value !== undefined && !/^\d{1,7}$/.test(value))
      throw new ConfigError([`--${name} must be a whole number from 0 to 9999999`])
    return value === undefined ? undefined : Number(value)
  }
  const { host, key, date, plain, scenario } = values
  const profile = oneOf('profile', values.profile, profiles)
  const simulator = create({
    vacatures: integer('vacatures'),
    kandidaten: integer('kandidaten'),
    seed: integer('seed'),
    latencyMs: integer('latency'),
    key,
    date,
    profile,
    totals: oneOf('totals', values.totals, totalsNames),
    plain,
    scenario: scenario === undefined ? undefined : readScenario(scenario)
  })
  const url = await simulator.listen({ port: integer('port') ?? 4010, host })
  const tokenLine =
    `Its token endpoint: ${new URL(tokenPath, url).href} ` +
    `(client ${demoClient.clientId}, secret ${demoClient.clientSecret})\n`
  process.stdout.write(
    `The VDAB simulator listens on ${url} (VDAB_URL for the gateway; any VDAB_API_KEY will do)\n` +
      (profile === undefined || profile === 'v2' ? '' : tokenLine) +
      `Its control API: ${new URL('/_simulator/calls', url).href}\n`
  )
  closeWithGrace({ delay: 2000 }, () => simulator.close())
}

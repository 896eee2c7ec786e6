import { readFileSync } from 'node:fs'
import closeWithGrace from 'close-with-grace'
import { ConfigError } from '../errors.ts'
import { demoClient } from '../simulator/credentials.ts'
import { profiles } from '../simulator/endpoints.ts'
import { createSimulator, type SimulatorOptions } from '../simulator/server.ts'
import { WrongSetting } from '../simulator/settings.ts'
import { tokenPath } from '../simulator/token-endpoint.ts'
import { totalsNames } from '../simulator/v4.ts'
import type { Given } from './command.ts'

/** The value of a flag with a few allowed values; undefined when it is absent. */
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

/** Runs the simulator alone, until SIGTERM or SIGINT. Throws ConfigError for an invalid value. */
export const simulate = async (values: Given['values']) => {
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined)
  const integer = (name: string): number | undefined => {
    const value = text(name)
    if (value !== undefined && !/^\d{1,7}$/.test(value))
      throw new ConfigError([`--${name} must be a whole number from 0 to 9999999`])
    return value === undefined ? undefined : Number(value)
  }
  const [host, key, date, scenario] = ['host', 'key', 'date', 'scenario'].map(text)
  const profile = oneOf('profile', text('profile'), profiles)
  const simulator = create({
    vacatures: integer('vacatures'),
    kandidaten: integer('kandidaten'),
    seed: integer('seed'),
    latencyMs: integer('latency'),
    key,
    date,
    profile,
    totals: oneOf('totals', text('totals'), totalsNames),
    plain: values['plain'] === true,
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

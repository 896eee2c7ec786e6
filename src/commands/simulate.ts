import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { ConfigError } from '../errors.ts'
import { createSimulator } from '../simulator/server.ts'

const names = ['host', 'port', 'vacatures', 'kandidaten', 'latency', 'seed', 'key', 'date', 'profile'] as const
const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))

/** Runs the simulator alone, until SIGTERM or SIGINT. */
export const simulate = async (args: string[]) => {
  const values = parseArgs({ args, options }).values as Partial<Record<(typeof names)[number], string>> // all are texts
  const integer = (name: (typeof names)[number]): number | undefined => {
    const value = values[name]
    if (value !== undefined && !/^\d{1,7}$/.test(value))
      throw new ConfigError([`--${name} must be a whole number from 0 to 9999999`])
    return value === undefined ? undefined : Number(value)
  }
  if (values.profile !== undefined && values.profile !== 'v2')
    throw new ConfigError(['--profile must be v2; v4 comes in a later version'])
  const { host, key, date } = values
  const simulator = createSimulator({
    vacatures: integer('vacatures'),
    kandidaten: integer('kandidaten'),
    seed: integer('seed'),
    latencyMs: integer('latency'),
    key,
    date
  })
  const url = await simulator.listen({ port: integer('port') ?? 4010, host })
  process.stdout.write(
    `The VDAB simulator listens on ${url} (VDAB_URL for the gateway; any VDAB_API_KEY will do)\n` +
      `Its control API: ${new URL('/_simulator/calls', url).href}\n`
  )
  closeWithGrace({ delay: 2000 }, () => simulator.close())
}

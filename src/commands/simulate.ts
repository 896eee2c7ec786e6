import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { ConfigError } from '../errors.ts'
import { createSimulator } from '../simulator/server.ts'

const integer = (name: string, value: string | undefined): number | undefined => {
  if (value === undefined) return undefined
  if (!/^\d{1,7}$/.test(value)) throw new ConfigError([`--${name} must be a whole number from 0 to 9999999`])
  return Number(value)
}

/** Runs the simulator alone, until SIGTERM or SIGINT. */
export const simulate = async (args: string[]) => {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: {
      host: text,
      port: text,
      vacatures: text,
      kandidaten: text,
      latency: text,
      seed: text,
      key: text,
      date: text,
      profile: text
    }
  })
  if (values.profile !== undefined && values.profile !== 'v2')
    throw new ConfigError(['--profile must be v2; v4 comes in a later version'])
  const { vacatures, kandidaten, seed, latencyMs } = {
    vacatures: integer('vacatures', values.vacatures),
    kandidaten: integer('kandidaten', values.kandidaten),
    seed: integer('seed', values.seed),
    latencyMs: integer('latency', values.latency)
  }
  const simulator = createSimulator({
    ...(vacatures === undefined ? {} : { vacatures }),
    ...(kandidaten === undefined ? {} : { kandidaten }),
    ...(seed === undefined ? {} : { seed }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(values.key === undefined ? {} : { key: values.key }),
    ...(values.date === undefined ? {} : { date: values.date })
  })
  const url = await simulator.listen({
    port: integer('port', values.port) ?? 4010,
    ...(values.host === undefined ? {} : { host: values.host })
  })
  process.stdout.write(
    `The VDAB simulator listens on ${url} (VDAB_URL for the gateway; any VDAB_API_KEY will do)\nIts own door: ${new URL('/_simulator/calls', url).href}\n`
  )
  closeWithGrace({ delay: 2000 }, () => simulator.close())
}

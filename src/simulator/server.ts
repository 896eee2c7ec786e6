import type { FastifyReply, FastifyRequest } from 'fastify'
import { createApp } from './app.ts'
import { dayAt } from './calendar.ts'
import { createCalls } from './calls.ts'
import { createCredentials, type Client } from './credentials.ts'
import { createDelivery } from './delivery.ts'
import { addDoor } from './door.ts'
import { createEndpoints, type Profile } from './endpoints.ts'
import { createFaults } from './faults.ts'
import { createLimits } from './limits.ts'
import { createScript } from './script.ts'
import { createServices } from './services.ts'
import { createTokens } from './token.ts'
import { tokenName } from './token-endpoint.ts'
import { createV4Form, type Totals } from './v4.ts'
import { createWorld } from './world.ts'

/** The options of a simulator; each has a default. */
export type SimulatorOptions = {
  /** the number of vacancies and CVs of the world, including the documented ones: 2,000 and 500 */
  vacatures?: number
  kandidaten?: number
  /** the same seed and the same date give the same world, in every profile: 1 */
  seed?: number
  /** added to every response of VDAB: 0 */
  latencyMs?: number
  /** the only accepted key; without it, every key is accepted except those that start with `wrong` or `unsubscribed` */
  key?: string
  /** the day (`YYYY-MM-DD`) from which generated dates count back: the current day in UTC */
  date?: string
  /** the clock, in ms; `PUT /_simulator/clock` replaces it with a fixed time */
  now?: () => number
  /** the versions of the Vacature API that are served: `v2` */
  profile?: Profile
  /** the members of a v4 list that contain the total: `both` */
  totals?: Totals
  /** the OAuth2 clients of the token endpoint: `demoClient` of credentials.ts */
  clients?: readonly Client[]
  /** the lifetime of a token: 900 */
  tokenSeconds?: number
  /** a world without missing members, unknown codes, odd HTML, duplicates and an untidy feed: false */
  plain?: boolean
  /**
   * a scenario that is played from the start, in the format of `PUT /_simulator/script`; an invalid one throws
   * WrongSetting
   */
  scenario?: unknown
}

const services = '/services'

/**
 * VDAB with invented data, on a separate port. `listen` resolves to the base URL up to and including `/services`; the
 * token endpoint is at `tokenPath` of the same port. Throws on options that give no valid world.
 */
export const createSimulator = ({
  vacatures = 2000,
  kandidaten = 500,
  seed = 1,
  latencyMs = 0,
  key,
  date,
  now = Date.now,
  profile = 'v2',
  totals = 'both',
  clients,
  tokenSeconds,
  plain = false,
  scenario
}: SimulatorOptions = {}) => {
  let clock: number | undefined
  const time = () => clock ?? now()
  const world = createWorld({ vacatures, kandidaten, seed, date, plain, now: time })
  // With a date and without a clock, the current day is the date of the world.
  const today = () => (clock === undefined && now === Date.now && date !== undefined ? world.today : dayAt(time()))

  const endpoints = createEndpoints(world, { profile, v4Form: createV4Form({ totals, plain }) })
  const names = [...endpoints.names, tokenName]
  const calls = createCalls()
  const limits = createLimits(time, names)
  const faults = createFaults(seed, names, time)
  const credentials = createCredentials(key, clients)
  const tokens = createTokens(time, tokenSeconds)
  const script = createScript({ now: time, world, faults, limits, tokens })
  const delivery = createDelivery()
  const serviceOf = createServices({ seed, endpoints, limits, credentials, tokens, today })

  const openService = async (request: FastifyRequest, reply: FastifyReply) => {
    const { name, answer, failure } = serviceOf(request)
    if (clock !== undefined) reply.raw.setHeader('date', new Date(clock).toUTCString())
    script.advance()
    script.count()
    if (name !== '') calls.count(name)
    const mishap = faults.draw(name)
    await delivery.wait(latencyMs + mishap.latencyMs)
    const { status, retryAfter } = mishap.ending ?? {}
    if (status === undefined) return delivery.deliver(reply, answer(), mishap)
    return delivery.deliver(
      reply,
      failure(status, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      mishap
    )
  }

  if (scenario !== undefined) script.play(scenario)
  const app = createApp(openService)
  addDoor(app, {
    world,
    calls,
    faults,
    limits,
    credentials,
    tokens,
    script,
    release: delivery.release,
    setClock: (moment) => {
      clock = moment
    }
  })

  return {
    listen: async ({ host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {}) =>
      `${await app.listen({ host, port })}${services}`,
    close: async () => {
      delivery.release()
      await app.close()
    }
  }
}

export type Simulator = ReturnType<typeof createSimulator>

import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { createBackend } from './backend.ts'
import { dayAt } from './calendar.ts'
import { createDelivery, mark } from './delivery.ts'
import { addDoor } from './door.ts'
import { createEndpoints } from './endpoints.ts'
import { ibmBody } from './errors.ts'
import { createFaults, WrongSetting } from './faults.ts'
import { createCalls, createDoorman, createLimits } from './gate.ts'
import { createWorld } from './world.ts'

/** What a simulator can be told. Every one has a default. */
export type SimulatorOptions = {
  /** how many vacancies and CVs the world holds, the documented ones included: 2,000 and 500 */
  vacatures?: number
  kandidaten?: number
  /** the same seed and the same date give the same world: 1 */
  seed?: number
  /** added to every answer of VDAB's: 0 */
  latencyMs?: number
  /** the only key that is accepted; without it every key is, but those that start with `wrong` or `unsubscribed` */
  key?: string
  /** the day (`YYYY-MM-DD`) that generated dates count back from: the present day in UTC */
  date?: string
  /** the clock, in ms; `PUT /_simulator/clock` takes its place and stands still */
  now?: () => number
}

const services = '/services'
const openservices = `${services}/openservices/`
const door = '/_simulator'

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const failed = (error: unknown, { url }: { url: string }, reply: FastifyReply) => {
  const known =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  const status = error instanceof WrongSetting ? 400 : known
  const text = error instanceof Error ? error.message : String(error)
  reply.code(status).headers({ ...mark, 'content-type': 'application/json;charset=UTF-8' })
  return reply.send(url.startsWith(door) ? JSON.stringify({ error: text }) : ibmBody(status))
}

/** The web server without the simulator's own routes: every other call goes to `openService`. */
const createApp = (openService: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) => {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 16 * 1024 * 1024,
    exposeHeadRoutes: false,
    // A path that cannot be decoded is still a call to VDAB: an id it cannot read.
    frameworkErrors: (error, request, reply) => {
      reply.headers(mark)
      if (error.code === 'FST_ERR_BAD_URL' && !request.url.startsWith(door)) void openService(request, reply)
      else failed(error, request, reply)
    }
  })
  // Bodies stay text: what VDAB makes of a wrong one is decided after the key and the limit.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(mark)
  })
  app.setErrorHandler(failed)
  app.setNotFoundHandler((request, reply) =>
    request.url.startsWith(door)
      ? reply.code(404).send({ error: `${request.method} ${request.url} is not a call the simulator knows` })
      : openService(request, reply)
  )
  app.all(`${openservices}*`, openService)
  return app
}

/**
 * VDAB with invented data, on a port of its own. `listen` resolves to the base URL up to and including `/services`.
 * Throws on options that make no world.
 */
export const createSimulator = ({
  vacatures = 2000,
  kandidaten = 500,
  seed = 1,
  latencyMs = 0,
  key,
  date,
  now = Date.now
}: SimulatorOptions = {}) => {
  let clock: number | undefined
  const time = () => clock ?? now()
  const world = createWorld({ vacatures, kandidaten, seed, date, now: time })
  // Where a date was given and nobody set a clock, the world's own day is the present one.
  const today = () => (clock === undefined && now === Date.now && date !== undefined ? world.today : dayAt(time()))

  const endpoints = createEndpoints(world)
  const calls = createCalls()
  const limits = createLimits(time)
  const faults = createFaults(seed, endpoints.names)
  const delivery = createDelivery()
  const backend = createBackend({ seed, limits, admit: createDoorman(key) })

  const openService = async (request: FastifyRequest, reply: FastifyReply) => {
    const [path = '', search = ''] = (request.raw.url ?? '').split(/\?(.*)/s)
    const known = path.startsWith(openservices) ? path.slice(openservices.length) : ''
    const route = endpoints.route(request.method, known)
    if (route !== undefined) calls.count(route.name)
    const { latencyMs: delay, ending } = faults.draw(route?.name ?? '')
    await delivery.wait(latencyMs + delay)
    const shown = request.headers['x-ibm-client-id']
    const answer = () =>
      backend.answer(route, typeof shown === 'string' ? shown.trim() : '', {
        query: new URLSearchParams(search),
        id: decoded(route?.id ?? ''),
        body: typeof request.body === 'string' ? request.body : '',
        contentType: request.headers['content-type'] ?? '',
        today: today()
      })
    if (ending?.status === undefined) return delivery.deliver(reply, answer(), ending)
    const { status, retryAfter } = ending
    return delivery.deliver(
      reply,
      backend.failure(status, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      ending
    )
  }

  const app = createApp(openService)
  addDoor(app, {
    world,
    calls,
    faults,
    limits,
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

/** A simulator. */
export type Simulator = ReturnType<typeof createSimulator>

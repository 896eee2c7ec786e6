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

/** The options of a simulator; all have defaults. */
export type SimulatorOptions = {
  /** the number of vacancies and CVs, the documented ones included; default 2,000 and 500 */
  vacatures?: number
  kandidaten?: number
  /** the same seed and date generate the same data; default 1 */
  seed?: number
  /** ms added to every answer of VDAB; default 0 */
  latencyMs?: number
  /** the only accepted key; without it, every key that does not start with `wrong` or `unsubscribed` */
  key?: string
  /** the day (`YYYY-MM-DD`) that generated dates count back from; default today in UTC */
  date?: string
  /** the clock, in ms; `PUT /_simulator/clock` replaces it by a fixed time */
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

/**
 * A simulated VDAB with invented data, on its own port. `listen` resolves to the base URL up to and including
 * `/services`. Throws on invalid options.
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
  // With a date and without a clock, that date is today.
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

  const failed = (error: unknown, { url }: { url: string }, reply: FastifyReply) => {
    const known =
      error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
    const status = error instanceof WrongSetting ? 400 : known
    const text = error instanceof Error ? error.message : String(error)
    reply.code(status).headers({ ...mark, 'content-type': 'application/json;charset=UTF-8' })
    return reply.send(url.startsWith(door) ? JSON.stringify({ error: text }) : ibmBody(status))
  }

  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 16 * 1024 * 1024,
    exposeHeadRoutes: false,
    // A path that cannot be decoded counts as a call to VDAB with a malformed id.
    frameworkErrors: (error, request, reply) => {
      reply.headers(mark)
      if (error.code === 'FST_ERR_BAD_URL' && !request.url.startsWith(door)) void openService(request, reply)
      else failed(error, request, reply)
    }
  })
  // Bodies are not parsed here: VDAB checks the key and the limit before the body.
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

import fastify from 'fastify'
import { readConfig } from '../src/config.ts'
import { buildServer } from '../src/server.ts'
import { createSimulator } from '../src/simulator/server.ts'

/** The address of each thing that is measured, as the parent process is told. */
export type Targets = { compiled: string; interpreted: string; floor: string }

const simulator = createSimulator({ vacatures: 5000 })
const base = await simulator.listen()
const settings = { VDAB_URL: base, VDAB_API_KEY: 'bench', PORT: '0', REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '1000000000', CONSUMERS_FILE: process.env['CONSUMERS_FILE'] }

// As in service: every request is logged, to where nobody reads.
const startGateway = async (jit: number) => {
  const { app } = await buildServer(readConfig(settings), { stream: { write: () => {} }, jit })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

// The least that can be done: take the request, send bytes that were there already.
const startFloor = async () => {
  const app = fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 })
  const kept = new Map<string, { type: string; body: Buffer }>()
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
  app.put<{ Params: { name: string } }>('/:name', async ({ params: { name }, headers, body }) => {
    kept.set(name, { type: String(headers['x-type']), body: body as Buffer }) // parsed as a buffer above
    return {}
  })
  app.route<{ Params: { name: string } }>({
    method: ['GET', 'POST'],
    url: '/:name',
    handler: ({ params: { name } }, reply) => {
      const { type = 'text/plain', body = '' } = kept.get(name) ?? {}
      void reply.type(type).send(body)
    }
  })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

process.on('message', () => { process.send?.({ cpu: process.cpuUsage() }) })
process.on('disconnect', () => process.exit())
process.send?.({ targets: { compiled: await startGateway(1), interpreted: await startGateway(0), floor: await startFloor() } satisfies Targets })

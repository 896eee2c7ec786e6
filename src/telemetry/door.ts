import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { prefersHtml } from '../http/pages/accept.ts'
import { sendPage, varyByAccept } from '../http/pages/document.ts'
import { metricsType } from './metrics/registry.ts'
import type { StatusFacts } from './status/facts.ts'
import { statusBody } from './status/page.ts'

type Options = {
  /** all metrics in the text format of Prometheus */
  metrics: () => Promise<string>
  facts: () => Promise<StatusFacts>
  /** throws for a request without access; absent on a separate port */
  admit?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  now?: () => number
}

const refreshSeconds = 10
const config = { isPublic: true }

/** Registers `/metrics` for Prometheus, and `/status`: a page for people, and the same facts as JSON. */
export const registerTelemetry = (app: FastifyInstance, options: Options) => {
  const { metrics, facts, admit = () => Promise.resolve(), now = Date.now } = options
  app.get('/metrics', { config }, async (request, reply) => {
    await admit(request, reply)
    return reply
      .header('cache-control', 'no-store')
      .type(metricsType)
      .send(await metrics())
  })
  app.get('/status', { config }, async (request, reply) => {
    await admit(request, reply)
    void reply.header('cache-control', 'no-store')
    const all = await facts()
    if (!prefersHtml(request.headers.accept))
      return varyByAccept(reply).type('application/json; charset=utf-8').send(JSON.stringify(all))
    const body = statusBody(all, now())
    return sendPage(reply, { title: 'Status', body, root: './', onSimulator: all.simulator, refreshSeconds })
  })
}

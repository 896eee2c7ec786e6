import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { createAssets } from './assets.ts'
import { pagePolicy, renderDocument, type PageConfig } from './document.ts'

const demoKeys = ['demo-hr', 'demo-frontend', 'demo-cv', 'demo-beheer'] as const

/** Does the gateway use the simulator, and do the demo consumers exist? The page then offers their keys. */
export interface GraphiqlOptions {
  simulator: boolean
  demo?: boolean
  /** changes a vacancy of the simulator and reads the feed at once; only on the simulator with demo consumers */
  change?: (() => Promise<{ id: string; functieTitel: string }>) | undefined
}

const configFor = ({ simulator, demo = simulator, change }: GraphiqlOptions): PageConfig =>
  simulator && demo
    ? { simulator, canChange: change !== undefined, demoKey: demoKeys[0], demoKeys, demoDoel: 'trying out the gateway' }
    : { simulator }

const open = { config: { isPublic: true } }

const harden = (reply: FastifyReply) =>
  reply.headers({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin'
  })

/**
 * Serves GraphiQL at /graphiql from this process, without any other origin. Both routes need no key, since the only
 * keys in the page are demo keys. Throws when the page has not been built.
 */
export const registerGraphiql = (app: FastifyInstance, options: GraphiqlOptions) => {
  const assets = createAssets()
  const config = configFor(options)
  const { change } = options
  if (change && config.canChange)
    app.post('/graphiql/demo/wijziging', async (_request, reply) => harden(reply).send(await change()))

  app.get('/graphiql', open, ({ url }, reply) => {
    const root = url.split('?')[0]?.endsWith('/') ? '../' : './'
    const nonce = randomBytes(16).toString('base64')
    return harden(reply)
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': pagePolicy(nonce), 'cache-control': 'no-store' })
      .send(renderDocument({ page: assets.page, config, nonce, root }))
  })

  app.get<{ Params: { file: string } }>('/graphiql/assets/:file', open, async (request, reply) => {
    const asset = await assets.read(request.params.file, request.headers['accept-encoding'])
    if (!asset) {
      reply.callNotFound()
      return reply
    }
    if (asset.encoding) reply.header('content-encoding', asset.encoding)
    return harden(reply)
      .type(asset.type)
      .headers({
        'cache-control': 'public, max-age=31536000, immutable',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        vary: 'accept-encoding'
      })
      .send(asset.body)
  })
}

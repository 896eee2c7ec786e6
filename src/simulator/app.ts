import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { mark } from './delivery.ts'
import { ibmBody } from './errors.ts'
import { WrongSetting } from './settings.ts'

const openservices = '/services/openservices/'
const door = '/_simulator'

const failed = (error: unknown, { url }: { url: string }, reply: FastifyReply) => {
  const known =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  const status = error instanceof WrongSetting ? 400 : known
  const text = error instanceof Error ? error.message : String(error)
  reply.code(status).headers({ ...mark, 'content-type': 'application/json;charset=UTF-8' })
  return reply.send(url.startsWith(door) ? JSON.stringify({ error: text }) : ibmBody(status))
}

/** The web server without the simulator's own routes: every other call goes to `openService`. */
export const createApp = (openService: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) => {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 16 * 1024 * 1024,
    exposeHeadRoutes: false,
    // A path that cannot be decoded is still a call to VDAB, with an unreadable id.
    frameworkErrors: (error, request, reply) => {
      reply.headers(mark)
      if (error.code === 'FST_ERR_BAD_URL' && !request.url.startsWith(door)) void openService(request, reply)
      else failed(error, request, reply)
    }
  })
  // Bodies stay text: an invalid one is refused only after the checks of key and limit.
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

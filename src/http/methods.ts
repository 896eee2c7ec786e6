import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import { isVdabPath } from './vdabPaths.ts'

/**
 * The routes with one shape of path: the path as written, its methods, and the Fastify instance that has its error
 * handler.
 */
type Known = { url: string; allowed: Set<string>; door: FastifyInstance; isPublic: boolean }

/** Two paths that differ only in the names of their parameters are the same path. */
const shapeOf = (url: string) => url.replace(/:[^/]+/g, ':')

const refusalOf =
  (allowed: readonly string[], allow: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.header('allow', allow)
    if (request.method === 'OPTIONS') return reply.code(204).send()
    const message = 'The method is not allowed for the requested URL'
    throw new GatewayError('BAD_USER_INPUT', isVdabPath(request.url) ? message : `${message}.`, {
      field: 'method',
      allowed,
      status: 405
    })
  }

/**
 * Records every route that is registered from now on. `refuseOthers` then answers the remaining methods of their paths:
 * OPTIONS with 204, every other with 405, both with a complete Allow (RFC 9110, 15.5.6), after the key was checked. It
 * must be called after all other routes were registered.
 */
export const watchMethods = (app: FastifyInstance) => {
  const paths = new Map<string, Known>()
  app.addHook('onRoute', function ({ url, method, config }) {
    // Competent has one route for all of its paths; other wildcards are files.
    if (url.includes('*') && !isVdabPath(url)) return
    const shape = shapeOf(url)
    const known = paths.get(shape) ?? { url, allowed: new Set(), door: this, isPublic: config?.isPublic === true }
    for (const one of [method].flat()) known.allowed.add(one)
    paths.set(shape, known)
  })
  return {
    refuseOthers: () =>
      // A plugin runs after the plugins that were registered before it, so that their routes are known.
      app.register((last, _, done) => {
        for (const { url, allowed, door, isPublic } of [...paths.values()]) {
          const all = [...new Set([...allowed, ...(allowed.has('GET') ? ['HEAD'] : []), 'OPTIONS'])].sort()
          const method = last.supportedMethods.filter(
            (one) => !all.includes(one) || (one === 'OPTIONS' && !allowed.has(one))
          )
          if (method.length === 0) continue
          const refuse = refusalOf(all, all.join(', '))
          // in onRequest, since the body is not needed
          last.route({
            method,
            url,
            config: { isPublic },
            onRequest: refuse,
            handler: refuse,
            errorHandler: (error, request, reply) => door.errorHandler(error, request, reply)
          })
        }
        done()
      })
  }
}

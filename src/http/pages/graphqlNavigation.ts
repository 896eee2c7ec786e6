import type { FastifyReply, FastifyRequest } from 'fastify'
import { isNavigation, rootFrom } from './accept.ts'

/**
 * Does a browser navigate to the GraphQL endpoint, instead of a client that sends an operation? A client sends its key
 * in a header, which a browser cannot do when it navigates.
 */
export const isGraphqlNavigation = (request: Pick<FastifyRequest, 'method' | 'headers' | 'url'>): boolean =>
  /^\/graphql\/?(\?|$)/.test(request.url) &&
  request.headers['x-api-key'] === undefined &&
  request.headers['x-ibm-client-id'] === undefined &&
  request.headers.authorization === undefined &&
  isNavigation(request)

/**
 * Redirects a browser from `/graphql` to GraphiQL, with the operation of the URL. The redirect is relative, for a path
 * prefix.
 */
export const leadToGraphiql = ({ url }: FastifyRequest, reply: FastifyReply) => {
  const [, ...search] = url.split('?')
  return reply
    .code(303)
    .headers({
      location: [`${rootFrom(url)}graphiql`, ...search].join('?'),
      vary: 'accept',
      'cache-control': 'no-store'
    })
    .send()
}

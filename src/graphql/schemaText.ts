import type { FastifyInstance } from 'fastify'
import type { Limits } from '../access/limits.ts'

/**
 * `/schema.graphql`: the SDL, for any consumer, even when introspection is off. It counts as one operation. The media
 * type is text, which browsers show.
 */
export const registerSchemaText = (app: FastifyInstance, { text, limits }: { text: string; limits: Limits }) => {
  app.get('/schema.graphql', async (request, reply) => {
    await limits(request, reply)
    return reply.type('text/plain; charset=utf-8').send(text)
  })
}

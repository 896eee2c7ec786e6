import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { requireScope } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumers } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { forPresent } from '../access/requestContext.ts'
import { GatewayError } from '../errors.ts'
import type { VacatureFilter } from '../schema/types.ts'
import type { Abonnementen } from './index.ts'
import type { Levering } from './queue.ts'
import { checkNames, createReadAbonnement, readPageOf, readReplay } from './request.ts'
import type { Abonnement } from './store.ts'

type Options = {
  /** undefined if this gateway stores no subscriptions */
  abonnementen: Abonnementen | undefined
  /** the reason why there are none, or why they receive nothing */
  offReason: string | undefined
  schema: GraphQLSchema
  consumers: Pick<Consumers, 'named'>
  limits: Limits
  budget: Budget
  /** throws BAD_USER_INPUT for a filter that a search would refuse */
  checkFilter: (filter: VacatureFilter, request: FastifyRequest) => Promise<unknown>
}
type WithId = { Params: { id: string } }

const root = '/api/abonnementen'
const instant = (ms: number) => new Date(ms).toISOString()

const toJson = (abonnementen: Abonnementen, abonnement: Abonnement) => {
  const { id, url, filter, soorten, status, gemaakt } = abonnement
  return {
    id,
    url,
    filter: filter ?? null,
    soorten,
    status: status === 'ACTIEF' && !abonnementen.isPermitted(abonnement) ? 'GEWEIGERD' : status,
    gemaakt: instant(gemaakt),
    wachtend: abonnementen.waiting(id),
    cursor: abonnementen.cursorOf(id) ?? null
  }
}
const rowOf = ({ volg, abonnement, id, soort, status, pogingen, gemaakt, volgende, antwoord }: Levering) => ({
  volg,
  webhookId: `${abonnement}.${volg}`,
  interneReferentie: id === '' ? null : id,
  soort,
  status,
  pogingen,
  gemaakt: instant(gemaakt),
  volgendePoging: status === 'WACHT' ? instant(volgende) : null,
  antwoord
})

/** Accepts and ignores any body: some clients send Content-Type: application/json without a body. */
const ignoreBodies = (app: FastifyInstance) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, body, parsed) => {
    body.resume()
    parsed(null)
  })
}

/** The paths below /api/abonnementen. */
export const registerAbonnementen = (app: FastifyInstance, options: Options) => {
  const { offReason, schema, consumers, limits, budget, checkFilter } = options
  const readAbonnement = createReadAbonnement(schema)

  /** The first checks of each path. Returns the subscriptions and the name of the consumer. */
  const enter = async (request: FastifyRequest, reply: FastifyReply) => {
    await limits(request, reply)
    const { abonnementen } = options
    const consumer = request.present()
    requireScope(consumer, 'abonnementen')
    requireScope(consumer, 'vacatures')
    if (!abonnementen || offReason !== undefined)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', offReason ?? 'There are no subscriptions here.', { status: 503 })
    budget(request, reply, 1)
    return { abonnementen, consumer: consumer.name }
  }

  app.get(root, async (request, reply) => {
    const { abonnementen, consumer } = await enter(request, reply)
    checkNames(request.query, [])
    return { nodes: abonnementen.all(consumer).map((one) => toJson(abonnementen, one)) }
  })
  app.post(root, async (request, reply) => {
    const { abonnementen, consumer } = await enter(request, reply)
    checkNames(request.query, [])
    if (!consumers.named(consumer))
      throw new GatewayError(
        'FORBIDDEN',
        'Only a consumer of CONSUMERS_FILE can have subscriptions, not one of a token.'
      )
    const given = readAbonnement(request.body)
    const url = abonnementen.checkUrl(given.url, consumer)
    const { filter } = given
    if (filter) await forPresent(request, () => checkFilter(filter, request))
    requireScope(request.present(), 'abonnementen')
    const { abonnement, geheim } = abonnementen.create({ ...given, url, consumer })
    return reply
      .code(201)
      .header('location', `${root}/${abonnement.id}`)
      .send({ ...toJson(abonnementen, abonnement), geheim })
  })
  app.get<WithId>(`${root}/:id`, async (request, reply) => {
    const { abonnementen, consumer } = await enter(request, reply)
    checkNames(request.query, [])
    return toJson(abonnementen, abonnementen.own(consumer, request.params.id))
  })
  app.get<WithId>(`${root}/:id/leveringen`, async (request, reply) => {
    const { abonnementen, consumer } = await enter(request, reply)
    const asked = readPageOf(request.query)
    const { id } = abonnementen.own(consumer, request.params.id)
    const found = abonnementen.page(id, asked)
    return { nodes: found.map(rowOf), na: found.at(-1)?.volg ?? asked.na, meer: found.length === asked.aantal }
  })
  app.post<WithId>(`${root}/:id/herhaal`, async (request, reply) => {
    const { abonnementen, consumer } = await enter(request, reply)
    checkNames(request.query, [])
    const asked = readReplay(request.body)
    if ('sinds' in asked) abonnementen.checkCursor(asked.sinds)
    const abonnement = abonnementen.own(consumer, request.params.id)
    if ('dood' in asked) return { herhaald: abonnementen.revive(abonnement) }
    await abonnementen.replay(abonnement, asked.sinds)
    return { herhaald: null }
  })
  void app.register((child, _, done) => {
    ignoreBodies(child)
    child.post<WithId>(`${root}/:id/geheim`, async (request, reply) => {
      const { abonnementen, consumer } = await enter(request, reply)
      checkNames(request.query, [])
      return { geheim: abonnementen.renew(abonnementen.own(consumer, request.params.id)) }
    })
    child.delete<WithId>(`${root}/:id`, async (request, reply) => {
      const { abonnementen, consumer } = await enter(request, reply)
      checkNames(request.query, [])
      await abonnementen.remove(abonnementen.own(consumer, request.params.id))
      return reply.code(204).send()
    })
    done()
  })
}

import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { badInput, GatewayError } from '../errors.ts'
import type { Audit, AuditRecord } from './audit.ts'
import { requireScope } from './authenticate.ts'
import type { Limits } from './limits.ts'

type Options = {
  audit: Audit
  limits: Limits
  isId: (text: string) => boolean
  forgetPerson: (cvId: string) => Promise<void> | void
}
const maxPage = 1000

const wholeNumber = (name: string, given: unknown, fallback: number, min: number, max: number) => {
  if (given === undefined) return fallback
  const value = Number(given)
  if (typeof given !== 'string' || !/^\d+$/.test(given) || value < min || value > max)
    throw badInput(name, `must be a whole number from ${min} to ${max}`)
  return value
}

/** One page of records as JSON text, written as they are read, while `check` does not throw; `volgende` is the next page's `vanaf`, or null on the last. */
async function* page(
  records: AsyncIterable<AuditRecord>,
  vanaf: number,
  aantal: number,
  check: () => void
): AsyncGenerator<string> {
  let head = `{"vanaf":${vanaf},"resultaten":[`
  let index = 0
  let hasMore = false
  for await (const record of records) {
    if (index >= vanaf + aantal) {
      hasMore = true
      break
    }
    if (index >= vanaf) {
      check()
      yield head + JSON.stringify(record)
      head = ','
    }
    index += 1
  }
  yield `${head === ',' ? '' : head}],"volgende":${hasMore ? vanaf + aantal : null}}`
}

async function* followedBy(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

/** What the scope `beheer` may do: ask who saw a person, and have a person forgotten at once. */
export const registerBeheer = (app: FastifyInstance, { audit, limits, isId, forgetPerson }: Options) => {
  app.get<{ Params: { cvId: string }; Querystring: Readonly<Record<string, unknown>> }>(
    '/api/audit/kandidaten/:cvId',
    async (request, reply) => {
      await limits(request, reply)
      const check = () => requireScope(request.present(), 'beheer')
      check()
      const { cvId } = request.params
      if (!isId(cvId)) throw badInput('cvId', 'is not an id of VDAB')
      if (!audit.isReadable)
        throw new GatewayError('NOT_FOUND', 'The records go to stdout: with AUDIT_FILE they can be asked here.')
      const vanaf = wholeNumber('vanaf', request.query['vanaf'], 0, 0, 1_000_000_000)
      const aantal = wholeNumber('aantal', request.query['aantal'], 100, 1, maxPage)
      const pages = page(audit.of(cvId.toLowerCase()), vanaf, aantal, check)
      const first = await pages.next() // a file that cannot be read is an answer yet, and not a broken one
      return reply
        .type('application/json; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(Readable.from(followedBy(first.done ? '' : first.value, pages)))
    }
  )
  void app.register((door, _, done) => {
    // Some clients say of every request that it is JSON, and this one has no body.
    door.removeAllContentTypeParsers()
    door.addContentTypeParser('*', (_request, body, parsed) => {
      body.resume()
      parsed(null)
    })
    door.delete<{ Params: { cvId: string } }>('/api/kandidaten/:cvId/cache', async (request, reply) => {
      await limits(request, reply)
      requireScope(request.present(), 'beheer')
      await forgetPerson(request.params.cvId)
      return reply.code(204).send()
    })
    done()
  })
}

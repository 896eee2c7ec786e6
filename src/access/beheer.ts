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
type Params = { cvId: string }
const maxPage = 1000

const wholeNumber = (name: string, given: unknown, fallback: number, min: number, max: number) => {
  if (given === undefined) return fallback
  const value = Number(given)
  if (typeof given !== 'string' || !/^\d+$/.test(given) || value < min || value > max)
    throw badInput(name, `must be a whole number from ${min} to ${max}`)
  return value
}

/** Streams one page of records as JSON. Calls `check` before each. `volgende` is the next page's `vanaf`, or null. */
async function* pageOf(records: AsyncIterable<AuditRecord>, vanaf: number, aantal: number, check: () => void) {
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

async function* prepend(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

const notReadable = () => new GatewayError('NOT_FOUND', 'Audit records go to stdout: set AUDIT_FILE to read them here.')
const textOf = (name: string, given: unknown): string => {
  if (typeof given !== 'string' || given === '') throw badInput(name, 'is missing')
  return given
}

/**
 * The routes for questions about the audit log: who could see a field on a day, and what the last record of the chain
 * is.
 */
const registerAuditQuestions = (app: FastifyInstance, { audit, limits }: Pick<Options, 'audit' | 'limits'>) => {
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>('/api/audit/toegang', async (request, reply) => {
    await limits(request, reply)
    requireScope(request.present(), 'beheer')
    const access = await audit.access(textOf('veld', request.query['veld']), textOf('dag', request.query['dag']))
    if (!access) throw notReadable()
    requireScope(request.present(), 'beheer') // reading the files can take a while
    return reply.send(access)
  })
  app.get('/api/audit/keten', async (request, reply) => {
    await limits(request, reply)
    requireScope(request.present(), 'beheer')
    const head = await audit.head()
    if (!head) throw notReadable()
    return reply.send(head)
  })
}

/** The routes for the scope `beheer`: query the audit log, and remove a person from the cache. */
export const registerBeheer = (app: FastifyInstance, { audit, limits, isId, forgetPerson }: Options) => {
  registerAuditQuestions(app, { audit, limits })
  app.get<{ Params: Params; Querystring: Readonly<Record<string, unknown>> }>(
    '/api/audit/kandidaten/:cvId',
    async (request, reply) => {
      await limits(request, reply)
      const check = () => requireScope(request.present(), 'beheer')
      check()
      const { cvId } = request.params
      if (!isId(cvId)) throw badInput('cvId', 'is not an id of VDAB')
      if (!audit.isReadable) throw notReadable()
      const vanaf = wholeNumber('vanaf', request.query['vanaf'], 0, 0, 1_000_000_000)
      const aantal = wholeNumber('aantal', request.query['aantal'], 100, 1, maxPage)
      const page = pageOf(audit.of(cvId.toLowerCase()), vanaf, aantal, check)
      const first = await page.next() // a read error is thrown here, while the status can still be set
      return reply
        .type('application/json; charset=utf-8')
        .send(Readable.from(prepend(first.done ? '' : first.value, page)))
    }
  )
  void app.register((child, _, done) => {
    // Some clients send Content-Type: application/json without a body.
    child.removeAllContentTypeParsers()
    child.addContentTypeParser('*', (_request, body, parsed) => {
      body.resume()
      parsed(null)
    })
    child.delete<{ Params: Params }>('/api/kandidaten/:cvId/cache', async (request, reply) => {
      await limits(request, reply)
      requireScope(request.present(), 'beheer')
      await forgetPerson(request.params.cvId)
      return reply.code(204).send()
    })
    done()
  })
}

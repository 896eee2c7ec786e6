import { hash } from 'node:crypto'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import type { Budget, Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import { createHeadReader } from './head.ts'
import type { Head } from './head.ts'
import type { Ages, Answers } from './kept.ts'
import { isUnmodified } from './unmodified.ts'
import { httpDate, sendHead, sendWhole } from './wire.ts'

/** How a question that was answered before is answered again, as long as its answer is kept. */
export type Plan = {
  /** under which the answer is kept, scopes and all */
  readonly key: string
  readonly price: number
  /** as the log names it */
  readonly route: string
  /** what each answer says of itself at the end of its bytes */
  readonly tail?: ((standing: Standing) => string) | undefined
  /** headers of this moment, each line with its end */
  readonly lines?: ((ages: Ages) => string) | undefined
}
/** Who asks, and what the head of the request says. */
type Question = { readonly consumer: Consumer; readonly head: Head }
type Learned = Plan & { readonly head: string; readonly headUnmodified: string }

const plansKept = 10_000
const headsKept = 100
const maxBodyBytes = 64 * 1024
/** Headers of one answer alone. */
const own = new Set(['x-request-id', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'x-cost', 'x-cost-remaining', 'x-cost-limit', 'content-length', 'content-encoding', 'date', 'age', 'etag', 'cache-status', 'cache-control', 'connection', 'keep-alive', 'content-type'])

type Dependencies = {
  answers: Answers
  /** the consumer of a key, where that can be told at once */
  consumerOf: (key: string) => Consumer | undefined
  limits: Pick<Limits, 'tryTake'>
  budget: Pick<Budget, 'fits' | 'take'>
  requestIdOf: (given: string | undefined) => string
  keepAliveMs: number
  note: (line: { requestId: string; method: string; route: string; status: number; consumer: string }) => void
}

const isJson = (type: string | undefined) => type !== undefined && (type === 'application/json' || type.startsWith('application/json;'))

/**
 * The way of a question that was answered before, past the framework: the same key check, limits, budget, headers and log
 * line, and bytes that are ready. Whatever is unusual about a request, and whatever has no kept answer, goes the
 * framework's way, where everything is decided; here nothing is refused.
 */
export const createShortcut = ({ answers, consumerOf, limits, budget, requestIdOf, keepAliveMs, note }: Dependencies) => {
  const plans = new LRUCache<string, Learned>({ max: plansKept })
  const heads = new LRUCache<string, string>({ max: headsKept })
  const readHead = createHeadReader()
  const asked = new WeakMap<IncomingMessage, { name: string; body?: Buffer }>()
  const connection = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n\r\n`
  let isOpen = true

  const shared = (head: string): string => {
    const known = heads.get(head)
    if (known === undefined) heads.set(head, head)
    return known ?? head
  }

  const answer = ({ method = '' }: IncomingMessage, response: ServerResponse, { consumer, head }: Question, plan: Learned): boolean => {
    const { key, price, route, tail, lines } = plan
    const kept = answers.find(key)
    if (kept === undefined || !budget.fits(consumer, price)) return false
    const rate = limits.tryTake(consumer)
    if (rate === undefined) return false
    const standing = budget.take(consumer, price)
    const id = requestIdOf(head.requestId)
    const mine = `x-request-id: ${id}\r\nratelimit-limit: ${rate.limit}\r\nratelimit-remaining: ${rate.remaining}\r\nratelimit-reset: ${rate.reset}\r\nx-cost: ${price}\r\nx-cost-remaining: ${standing.remaining}\r\nx-cost-limit: ${standing.limit}\r\n${lines ? lines(kept) : ''}${kept.etag === undefined ? '' : `etag: ${kept.etag}\r\n`}Date: ${httpDate()}\r\n${connection}`
    const isKnown = isUnmodified(head.ifNoneMatch, kept.etag)
    if (isKnown) sendHead(response, plan.headUnmodified + mine)
    else {
      const bytes = answers.bytesFor(key, kept, head.acceptEncoding, tail?.(standing))
      sendWhole(response, `${plan.head}${bytes.encoding === undefined ? '' : `content-encoding: ${bytes.encoding}\r\n`}content-length: ${bytes.length}\r\n${mine}`, bytes)
    }
    note({ requestId: id, method, route, status: isKnown ? 304 : 200, consumer: consumer.name })
    return true
  }

  // What is asked of /graphql may hold anything, so it stands in no name.
  const nameOf = ({ url = '' }: IncomingMessage, { consumer, head }: Question, body?: Buffer): string => {
    const what = body ? hash('sha256', body, 'base64') : url.startsWith('/graphql') ? hash('sha256', url, 'base64') : url
    return `${what} ${answers.scopesOf(consumer)} ${head.accept}`
  }

  /** Answers, or leaves it to the framework. */
  const go = (request: IncomingMessage, response: ServerResponse, question: Question, framework: RequestListener, body?: Buffer) => {
    const name = nameOf(request, question, body)
    const plan = plans.get(name)
    if (plan && isOpen && answer(request, response, question, plan)) return
    asked.set(request, { name, ...(body ? { body } : {}) })
    framework(request, response)
  }

  const takeBody = (request: IncomingMessage, done: (body: Buffer) => void) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => { parts.push(part) })
    request.on('end', () => { done(parts.length === 1 ? parts[0] ?? Buffer.alloc(0) : Buffer.concat(parts)) })
  }

  const questionOf = (request: IncomingMessage, response: ServerResponse): Question | undefined => {
    const { method, url } = request
    if ((method !== 'GET' && !(method === 'POST' && url === '/graphql')) || !response.shouldKeepAlive || request.httpVersionMinor !== 1) return undefined
    const head = readHead(request)
    if (head === undefined || (method === 'GET' ? head.length !== 0 : !isJson(head.type) || !(head.length > 0 && head.length <= maxBodyBytes))) return undefined
    const consumer = consumerOf(head.key)
    return consumer && { consumer, head }
  }

  const before = (framework: RequestListener): RequestListener => (request, response) => {
    const question = isOpen ? questionOf(request, response) : undefined
    if (question === undefined) framework(request, response)
    else if (request.method === 'GET') go(request, response, question, framework)
    else takeBody(request, (body) => { go(request, response, question, framework, body) })
  }

  return {
    /** Stands before the framework's own listener. */
    stand(server: Server) {
      const framework = server.listeners('request')[0] as RequestListener // the framework has just put it there
      server.removeListener('request', framework)
      server.on('request', before(framework))
    },
    /** The body of a request, where it was read before the framework came to it. */
    bodyOf(request: IncomingMessage): Readable | undefined {
      const body = asked.get(request)?.body
      return body && Object.assign(Readable.from([body], { objectMode: false }), { receivedEncodedLength: body.length })
    },
    /**
     * Remembers how the framework's way answered this question out of kept bytes: with the same headers, but for those of one
     * answer alone. Does nothing for a question that would not come this way.
     */
    learn({ raw }: FastifyRequest, reply: FastifyReply, plan: Plan) {
      const question = asked.get(raw)
      if (question === undefined) return
      const given = Object.entries(reply.getHeaders()).filter(([name]) => !own.has(name))
      const linesOf = (names: (name: string) => boolean) => given.filter(([name]) => names(name)).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${String(one)}\r\n`)).join('')
      const type = String(reply.getHeader('content-type'))
      plans.set(question.name, {
        ...plan,
        head: shared(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${plan.lines ? '' : `cache-control: ${String(reply.getHeader('cache-control'))}\r\n`}${linesOf(() => true)}`),
        headUnmodified: shared(`HTTP/1.1 304 Not Modified\r\n${linesOf((name) => name === 'vary' || name === 'x-vdab-simulator')}`)
      })
    },
    /** From now on everything goes the framework's way: it knows how to stop. */
    close: () => { isOpen = false }
  }
}

export type Shortcut = ReturnType<typeof createShortcut>

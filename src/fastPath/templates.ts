import type { FastifyReply } from 'fastify'
import type { Cache } from '../cache/requestCache.ts'
import type { Template } from './template.ts'

/** Both heads of an answer, but for the lines of one answer alone. */
type Heads = { readonly head: string; readonly headUnmodified: string }
export type Learned = Template & Heads

/** A template without what it says that it holds on to (measured). */
const templateBytes = 300
/** Heads that are shared by all templates that have them: there are as many as there are doors, scopes and origins. */
const headsKept = 100
/** Headers of one answer alone. */
const own = new Set([
  'x-request-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'x-cost',
  'x-cost-remaining',
  'x-cost-limit',
  'content-length',
  'content-encoding',
  'date',
  'age',
  'etag',
  'cache-status',
  'cache-control',
  'connection',
  'keep-alive',
  'content-type'
])

/** All in one shape, so that what reads them is compiled for one, whichever door they are of. */
const learnedOf = (
  { key, price, route, tail, compute, bytes, lines }: Template,
  { head, headUnmodified }: Heads
): Learned => ({ key, price, route, tail, compute, bytes, lines, head, headUnmodified })

/** How questions that were answered before are answered again, by their names. */
export const createTemplates = (templates: Cache<Learned>) => {
  const texts = new Map<string, string>()

  const shared = (head: string): string => {
    const known = texts.get(head)
    if (known !== undefined) return known
    if (texts.size >= headsKept) texts.clear()
    texts.set(head, head)
    return head
  }

  const headsOf = (reply: FastifyReply, { lines }: Template): Heads => {
    const given = Object.entries(reply.getHeaders()).filter(([name]) => !own.has(name))
    const lineOf = (name: string, value: unknown) => `${name}: ${String(value)}\r\n`
    const cacheControl = lines ? '' : lineOf('cache-control', reply.getHeader('cache-control'))
    const others = given.flatMap(([name, value]) => [value].flat().map((one) => lineOf(name, one)))
    const all = `${lineOf('content-type', reply.getHeader('content-type'))}${cacheControl}${others.join('')}`
    return {
      head: shared(`HTTP/1.1 200 OK\r\n${all}`),
      headUnmodified: shared(`HTTP/1.1 304 Not Modified\r\n${all}`)
    }
  }

  return {
    find: (name: string): Learned | undefined => templates.get(name),
    /** Remembers how the framework answers. Returns a function that forgets it. */
    learn(name: string, template: Template, reply: FastifyReply): () => void {
      const learned = learnedOf(template, headsOf(reply, template))
      templates.set(name, learned, templateBytes + (learned.bytes ?? 0) + (learned.key?.length ?? 0))
      return () => {
        if (templates.get(name) === learned) templates.delete(name)
      }
    }
  }
}

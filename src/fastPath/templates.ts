import type { FastifyReply } from 'fastify'
import type { Cache } from '../cache/requestCache.ts'
import type { Template } from './template.ts'

/** The heads of an answer and of its 304, without the headers of a single answer. */
type Heads = { readonly head: string; readonly headUnmodified: string }
export type Learned = Template & Heads

/** Heap bytes of a template without its key and what it references (measured). */
const templateBytes = 300
/** The number of different heads is limited by the combinations of route, scopes and origin. */
const maxSharedHeads = 100
/** Headers of a single answer. */
const ownHeaders = new Set([
  'x-request-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'ratelimit-policy',
  'ratelimit',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
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
  'x-accel-expires',
  'connection',
  'keep-alive',
  'content-type'
])

/** All templates have the same members in the same order: V8 compiles the code that reads them for one shape. */
const learnedOf = (
  { key, price, route, tail, compute, bytes, lines }: Template,
  { head, headUnmodified }: Heads
): Learned => ({ key, price, route, tail, compute, bytes, lines, head, headUnmodified })

/** Templates of answers, by the name of the request. */
export const createTemplates = (templates: Cache<Learned>) => {
  const heads = new Map<string, string>()

  /** The same text as one string for all templates. */
  const shared = (head: string): string => {
    const known = heads.get(head)
    if (known !== undefined) return known
    if (heads.size >= maxSharedHeads) heads.clear()
    heads.set(head, head)
    return head
  }

  const headsOf = (reply: FastifyReply, { lines }: Template): Heads => {
    const lineOf = (name: string, value: unknown) => `${name}: ${String(value)}\r\n`
    const type = lineOf('content-type', reply.getHeader('content-type'))
    const cacheControl = lines ? '' : lineOf('cache-control', reply.getHeader('cache-control'))
    const others = Object.entries(reply.getHeaders())
      .filter(([name]) => !ownHeaders.has(name))
      .flatMap(([name, value]) => [value].flat().map((one) => lineOf(name, one)))
    const all = `${cacheControl}${others.join('')}`
    return {
      head: shared(`HTTP/1.1 200 OK\r\n${type}${all}`),
      headUnmodified: shared(`HTTP/1.1 304 Not Modified\r\n${all}`)
    }
  }

  return {
    find: (name: string): Learned | undefined => templates.get(name),
    /** Stores the head of fastify's answer with its template. Returns a function that removes it. */
    learn(name: string, template: Template, reply: FastifyReply): () => void {
      const learned = learnedOf(template, headsOf(reply, template))
      templates.set(name, learned, templateBytes + (learned.bytes ?? 0) + (learned.key?.length ?? 0))
      return () => {
        if (templates.get(name) === learned) templates.delete(name)
      }
    }
  }
}

export type Templates = ReturnType<typeof createTemplates>

import type { FastifyReply } from 'fastify'
import type { Cache } from '../cache/requestCache.ts'
import { kindNameOf } from './requestName.ts'
import type { Template } from './template.ts'

/** Both heads of an answer, but for the lines of one answer alone, and its media type. */
export type Heads = { readonly head: string; readonly headUnmodified: string; readonly type: string }
export type Learned = Template & Heads
/** Where templates are kept, and the heads of each kind. */
export type TemplateCaches = { templates: Cache<Learned>; kinds: Cache<Heads> }

/** A template without what it says that it holds on to (measured). */
const templateBytes = 300
const headsBytes = 100
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
  { key, price, route, kind, tail, compute, bytes, lines }: Template,
  { head, headUnmodified, type }: Heads
): Learned => ({ key, price, route, kind, tail, compute, bytes, lines, head, headUnmodified, type })

/**
 * How questions that were answered before are answered again, by their names; and of which kind those were, since the
 * answers to all questions of a kind have the same head.
 */
export const createTemplates = ({ templates, kinds }: TemplateCaches) => {
  const texts = new Map<string, string>()

  const shared = (head: string): string => {
    const known = texts.get(head)
    if (known !== undefined) return known
    if (texts.size >= headsKept) texts.clear()
    texts.set(head, head)
    return head
  }

  const keep = (name: string, learned: Learned) => {
    templates.set(name, learned, templateBytes + (learned.bytes ?? 0) + (learned.key?.length ?? 0))
  }

  const headsOf = (reply: FastifyReply, { lines }: Template): Heads => {
    const given = Object.entries(reply.getHeaders()).filter(([name]) => !own.has(name))
    const type = shared(String(reply.getHeader('content-type')))
    const lineOf = (name: string, value: unknown) => `${name}: ${String(value)}\r\n`
    const cacheControl = lines ? '' : lineOf('cache-control', reply.getHeader('cache-control'))
    const others = given.flatMap(([name, value]) => [value].flat().map((one) => lineOf(name, one)))
    const all = `${lineOf('content-type', type)}${cacheControl}${others.join('')}`
    return {
      head: shared(`HTTP/1.1 200 OK\r\n${all}`),
      headUnmodified: shared(`HTTP/1.1 304 Not Modified\r\n${all}`),
      type
    }
  }

  return {
    find: (name: string): Learned | undefined => templates.get(name),
    /**
     * Remembers how the framework answers; `who` is what of the request, besides what it asks, its head hangs on. What
     * it gives is to be told whether that went well: then its kind is known; if not, it is forgotten.
     */
    learn(name: string, who: string, template: Template, reply: FastifyReply): (isWell: boolean) => void {
      const heads = headsOf(reply, template)
      const learned = learnedOf(template, heads)
      keep(name, learned)
      return (isWell) => {
        if (!isWell && templates.get(name) === learned) templates.delete(name)
        if (isWell && template.kind !== undefined) kinds.set(kindNameOf(who, template.kind), heads, headsBytes)
      }
    },
    /**
     * The same for a question that was never asked, if one of its kind was; `make` says how it is answered, if it can
     * be, in that media type.
     */
    liken(name: string, who: string, kind: string, make: (type: string) => Template | undefined): Learned | undefined {
      const heads = kinds.get(kindNameOf(who, kind))
      const template = heads && make(heads.type)
      const learned = heads && template && learnedOf(template, heads)
      if (learned) keep(name, learned)
      return learned
    }
  }
}

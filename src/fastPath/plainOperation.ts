import { readOne, readQuery } from '../graphql/parameters.ts'
import type { Asked } from '../graphql/parameters.ts'

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const names = new Set(['query', 'documentId', 'operationName', 'variables'])
/** What the framework's readers have rules of their own for. */
const unusual = { json: /"(?:__proto__|constructor)"|\\u/, url: /^(?!\/graphql\?)|[#;]/ } as const

/** What is longer is read by the framework alone: what it refuses was read for nothing, and that takes the longer. */
const longestPlain = 8 * 1024

const membersOf = (url: string): Readonly<Record<string, unknown>> | undefined => {
  decodeURIComponent(url) // throws where one reader may see something else than another
  const given = [...new URLSearchParams(url.slice(url.indexOf('?') + 1))]
  const members = Object.fromEntries(given)
  return Object.keys(members).length === given.length ? members : undefined
}

/**
 * One operation that is asked in the plainest way, by POST or GET: what can be read here as the framework would read
 * it. Undefined for everything else, which is the framework's to read or to refuse.
 */
export const readPlain = (url: string, body: Buffer | undefined): Asked | undefined => {
  if ((body?.length ?? url.length) > longestPlain) return undefined
  const text = body?.toString() ?? url
  if (unusual[body ? 'json' : 'url'].test(text)) return undefined
  try {
    const given: unknown = body ? JSON.parse(text) : membersOf(url)
    if (!isObject(given) || !Object.keys(given).every((name) => names.has(name))) return undefined
    return body ? readOne(given) : readQuery(given)
  } catch {
    return undefined // the framework's way has words for it
  }
}

/**
 * What operations have in common whose answers have one head, whatever they ask; undefined where the document comes
 * with a hash that is to be checked.
 */
export const kindOf = ({ hash, sinds }: Asked): string | undefined =>
  hash === undefined && sinds === undefined ? 'graphql' : undefined

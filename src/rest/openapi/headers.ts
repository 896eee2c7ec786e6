import type { Part } from './schemas.ts'

const text = { type: 'string' }
const header = (description: string, schema: Part) => ({ description, schema })
const ref = (kind: string, name: string): Part => ({ $ref: `#/components/${kind}/${name}` })

/** The headers of responses, by name. */
export const headers = {
  'x-request-id': header(
    'The id of the request: the one that you sent, or a new UUID. Mention it when you report a problem.',
    text
  ),
  'ratelimit-limit': header('Your operations per minute.', { type: 'integer' }),
  'ratelimit-remaining': header('The number of operations left in this minute.', { type: 'integer' }),
  'ratelimit-reset': header('Seconds until the next minute starts.', { type: 'integer' }),
  'ratelimit-policy': header('The limit and its window: `q` operations per `w` seconds.', text),
  ratelimit: header('The rest of the limit: `r` operations for the next `t` seconds.', text),
  'x-ratelimit-limit': header("Your limit, in the syntax of VDAB's gateway.", text),
  'x-ratelimit-remaining': header('The rest of your limit, in the same syntax.', text),
  'x-cost': header('The price of this request, in calls to VDAB.', { type: 'integer' }),
  'x-cost-remaining': header('The rest of your price budget in this minute, in calls to VDAB.', { type: 'integer' }),
  'x-cost-limit': header('Your price budget per minute, in calls to VDAB.', { type: 'integer' }),
  age: header('The age of the oldest part of the response, in seconds.', { type: 'integer' }),
  'cache-control': header('How long you may cache the response.', text),
  'cache-status': header('How the gateway used its cache (RFC 9211).', text),
  etag: header('The tag of the content, for If-None-Match.', text),
  link: header('Links to the first, previous and next page, as relative references (RFC 8288).', text),
  'x-total-count': header('The number of items in the whole list.', { type: 'integer' }),
  'x-problemen': header('The number of parts that failed.', { type: 'integer' }),
  'x-verborgen': header('The paths of the fields that you cannot see without another scope.', text),
  vary: header('The request headers on which the response depends.', text),
  'www-authenticate': header('How to authenticate.', text),
  'accept-encoding': header('The accepted encodings of a request body.', text),
  deprecation: header('The time since which the path is deprecated (RFC 9745).', text),
  sunset: header('The time at which the path will be removed (RFC 8594).', text),
  'retry-after': header('Seconds to wait before the next attempt.', { type: 'integer' })
}
export type HeaderName = keyof typeof headers
/** References to headers. */
export const headerRefs = (names: readonly HeaderName[]): Part =>
  Object.fromEntries(names.map((name) => [name, ref('headers', name)]))

const usual: readonly HeaderName[] = [
  'x-request-id',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'ratelimit-policy',
  'ratelimit',
  'x-cost',
  'x-cost-remaining',
  'x-cost-limit',
  'cache-control',
  'vary'
]
/** The headers of successful responses in addition to the usual ones. */
const groups = {
  isKept: ['etag'],
  isOld: ['age', 'cache-status'],
  isPage: ['link', 'x-total-count'],
  isVdab: ['x-ratelimit-limit', 'x-ratelimit-remaining'],
  isForm: ['x-problemen', 'x-verborgen'],
  isDeprecated: ['deprecation', 'sunset', 'link']
} as const satisfies Readonly<Record<string, readonly HeaderName[]>>
type Group = keyof typeof groups

/** The headers of a successful response: `isKept` may be stored, `isOld` has an age. */
export const successHeaders = (kinds: Readonly<Partial<Record<Group, boolean>>> = {}): Part =>
  headerRefs([
    ...usual,
    // the keys of the table
    ...(Object.keys(groups) as Group[]).filter((kind) => kinds[kind]).flatMap((kind) => groups[kind])
  ])

/** The response to If-None-Match with the tag of the content. */
export const unchanged: Part = { 304: ref('responses', 'NotModified') }
/** The response 304. */
export const notModified: Part = {
  description: 'Your copy is still current.',
  headers: headerRefs([...usual, 'etag'])
}

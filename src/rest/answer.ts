import type { Payload } from '../graphql/pipeline.ts'
import { catalogue, GatewayError, type ErrorCode } from '../errors.ts'
import { isJsonObject } from '../formats/exactJson.ts'
import type { PreparedRow } from './prepare.ts'

type Value = Readonly<Record<string, unknown>>
type Failure = NonNullable<Payload['errors']>[number]

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(catalogue, code)
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Converts an error of an operation to the error of a request. */
export const errorOf = ({ message, extensions }: Failure): GatewayError => {
  const { code, field, allowed, retryAfter } = extensions
  const known = isCode(code) ? code : 'INTERNAL'
  const isUnknownList = Array.isArray(allowed) && allowed.every((one) => typeof one === 'string')
  const named = textOf(field)
  return new GatewayError(known, message, {
    ...(named === undefined ? {} : { field: named }),
    ...(isUnknownList ? { allowed } : {}),
    ...(typeof retryAfter === 'number' ? { retryAfter } : {})
  })
}

/** A path in the response, without the root field and with the indexes of lists. */
const placeOf = (path: readonly (string | number)[], isSingle: boolean) => (isSingle ? path.slice(1) : path).join('.')

const withoutRoot = (path: string, isSingle: boolean) => (isSingle ? path.replace(/^[^.]*\.?/, '') : path)

/**
 * The members that are sent next to the data: failures, fields that the scopes hide, and parts past their fresh time.
 */
const extraMembers = ({ errors = [], extensions = {} }: Payload, isSingle: boolean): Value => {
  const { verborgen, versheid, explain } = extensions
  return {
    ...(errors.length > 0
      ? {
          problemen: errors.map((error) => ({
            code: error.extensions['code'],
            pad: placeOf(error.path ?? [], isSingle),
            melding: error.message
          }))
        }
      : {}),
    ...(Array.isArray(verborgen) ? { verborgen: verborgen.map((path) => withoutRoot(String(path), isSingle)) } : {}),
    ...(Array.isArray(versheid)
      ? { versheid: (versheid as Value[]).map((one) => ({ ...one, pad: withoutRoot(String(one['pad']), isSingle) })) }
      : {}),
    ...(explain === undefined ? {} : { explain })
  }
}

/**
 * The body for the result of an operation. For one field it is the value of that field, with a list as `nodes`; for
 * several fields it is an object of their values. Throws NOT_FOUND for null, and the error of a field at the root.
 */
export const bodyOf = ({ roots }: Pick<PreparedRow, 'roots'>, payload: Payload): Value => {
  const { data, errors: [first] = [] } = payload
  const [only, other] = roots
  const isSingle = only !== undefined && other === undefined
  const value = isSingle && isJsonObject(data) ? data[only.name] : data
  if (value == null || (isJsonObject(value) && !isSingle && Object.values(value).every((one) => one === null))) {
    if (first) throw errorOf(first)
    throw new GatewayError('NOT_FOUND', 'There is nothing with this id or code.')
  }
  // a root field has an object type or a list
  const members = Array.isArray(value) ? { nodes: value } : (value as Value)
  return { ...members, ...extraMembers(payload, isSingle) }
}

/**
 * The headers that replace the members of JSON in other forms: the number of parts that failed, and the paths of the
 * fields that the scopes hide.
 */
export const extraHeaders = ({ problemen, verborgen }: Value): Readonly<Record<string, string>> => ({
  ...(Array.isArray(problemen) ? { 'x-problemen': String(problemen.length) } : {}),
  ...(Array.isArray(verborgen)
    ? { 'x-verborgen': verborgen.map((path) => String(path).replace(/^nodes\./, '')).join(', ') }
    : {})
})

const sizeOf = (given: string | null, usual: number) => given ?? String(usual)

/** The headers of a page: X-Total-Count, and Link with the next, previous and first page as relative references. */
export const pageHeaders = (
  { totaal, pageInfo }: Value,
  usual: number,
  url: string
): Readonly<Record<string, string>> => {
  if (!isJsonObject(pageInfo)) return {}
  const [, given = ''] = url.split('?', 2)
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
  const to = (rel: string, changes: Readonly<Record<string, string>>) => {
    const search = new URLSearchParams(given)
    for (const name of ['first', 'after', 'last', 'before']) search.delete(name)
    for (const [name, value] of Object.entries(changes)) search.set(name, value)
    return `<?${search.toString()}>; rel="${rel}"`
  }
  const search = new URLSearchParams(given)
  const size = sizeOf(search.get('first') ?? search.get('last'), usual)
  const links = [
    to('first', { first: size }),
    ...(hasPreviousPage === true && typeof startCursor === 'string'
      ? [to('prev', { last: size, before: startCursor })]
      : []),
    ...(hasNextPage === true && typeof endCursor === 'string' ? [to('next', { first: size, after: endCursor })] : [])
  ]
  return { link: links.join(', '), ...(typeof totaal === 'number' ? { 'x-total-count': String(totaal) } : {}) }
}

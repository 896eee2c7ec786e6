import { badInput, GatewayError } from '../errors.ts'

type Json = Readonly<Record<string, unknown>>
/** One operation as a client asks it (GraphQL over HTTP, "Request Parameters"). */
export type Asked = { query: string; operationName: string | undefined; variables: Json | undefined }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const optionalObject = (name: string, value: unknown): Json | undefined => {
  if (value == null) return undefined
  if (!isObject(value)) throw badInput(name, 'must be an object')
  return value
}

const readOne = (given: unknown): Asked => {
  if (!isObject(given)) throw new GatewayError('BAD_USER_INPUT', 'The body must be a JSON object with a query, or a list of them.', { field: 'body' })
  const { query, operationName, variables, extensions } = given
  if (typeof query !== 'string' || query.trim() === '') throw badInput('query', 'is missing: it must be a GraphQL document')
  if (operationName != null && typeof operationName !== 'string') throw badInput('operationName', 'must be a string')
  optionalObject('extensions', extensions)
  return { query, operationName: operationName || undefined, variables: optionalObject('variables', variables) }
}

/** The operations of a POST: one object, or a list of at most `maxBatch`. */
export const readBody = (body: unknown, { maxBatch }: { maxBatch: number }): { operations: Asked[]; isBatch: boolean } => {
  if (!Array.isArray(body)) return { operations: [readOne(body)], isBatch: false }
  if (body.length === 0 || body.length > maxBatch) throw badInput('body', `may hold 1 to ${maxBatch} operations`)
  return { operations: body.map(readOne), isBatch: true }
}

const parseObject = (name: string, text: unknown): unknown => {
  if (text === undefined || text === '') return undefined
  if (typeof text !== 'string') throw badInput(name, 'may be given once only')
  try {
    return JSON.parse(text)
  } catch {
    throw badInput(name, 'must be JSON')
  }
}

/** The operation of a GET, whose variables and extensions are JSON in the URL. */
export const readQuery = (given: unknown): Asked => {
  const { query, operationName, variables, extensions } = isObject(given) ? given : {}
  return readOne({ query, operationName, variables: parseObject('variables', variables), extensions: parseObject('extensions', extensions) })
}

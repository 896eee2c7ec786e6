import { badInput, GatewayError } from '../errors.ts'

type Json = Readonly<Record<string, unknown>>
/**
 * The parameters of an operation (GraphQL over HTTP, "Request Parameters"): its document, the id of a trusted document,
 * or a hash with or without the document, as in Apollo's automatic persisted queries.
 */
export type Asked = {
  query: string | undefined
  documentId: string | undefined
  hash: string | undefined
  operationName: string | undefined
  variables: Json | undefined
  /** the cursor after which a subscription resumes */
  sinds?: string | undefined
  /** a document of the gateway itself, not of the client: it needs no trusted id */
  isOwn?: boolean
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const optionalObject = (name: string, value: unknown): Json | undefined => {
  if (value == null) return undefined
  if (!isObject(value)) throw badInput(name, 'must be an object')
  return value
}

const maxCursor = 500
const hashes = /^[0-9a-f]{64}$/i

const readHash = (extensions: Json | undefined): string | undefined => {
  const persisted = optionalObject('extensions.persistedQuery', extensions?.['persistedQuery'])
  if (!persisted) return undefined
  const { version, sha256Hash } = persisted
  if (version !== 1) throw badInput('extensions.persistedQuery.version', 'must be 1')
  if (typeof sha256Hash !== 'string' || !hashes.test(sha256Hash))
    throw badInput('extensions.persistedQuery.sha256Hash', 'must be a SHA-256 in hex')
  return sha256Hash.toLowerCase()
}

/** Reads one operation from a JSON object. Throws BAD_USER_INPUT with the name of the invalid member. */
export const readOne = (given: unknown): Asked => {
  if (!isObject(given))
    throw new GatewayError('BAD_USER_INPUT', 'The body must be a JSON object with a query, or a list of them.', {
      field: 'body'
    })
  const { query, operationName, variables, extensions, documentId } = given
  if (operationName != null && typeof operationName !== 'string') throw badInput('operationName', 'must be a string')
  if (documentId != null && (typeof documentId !== 'string' || documentId === ''))
    throw badInput('documentId', 'must be a string')
  const extra = optionalObject('extensions', extensions)
  const hash = readHash(extra)
  const sinds = extra && Object.hasOwn(extra, 'sinds') ? extra['sinds'] : undefined
  if (sinds != null && (typeof sinds !== 'string' || sinds.length > maxCursor))
    throw badInput('extensions.sinds', 'must be a cursor, as it was given to you')
  const isKnownOtherwise = query == null && (hash !== undefined || documentId != null)
  if (!isKnownOtherwise && (typeof query !== 'string' || query.trim() === ''))
    throw badInput('query', 'is missing: it must be a GraphQL document')
  if (query != null && documentId != null) throw badInput('documentId', 'and query exclude each other')
  return {
    query: typeof query === 'string' ? query : undefined,
    documentId: documentId ?? undefined,
    hash,
    operationName: operationName || undefined,
    variables: optionalObject('variables', variables),
    ...(sinds ? { sinds } : {})
  }
}

/** Reads the operations of a POST: one object, or a list of at most `maxBatch`. */
export const readBody = (
  body: unknown,
  { maxBatch }: { maxBatch: number }
): { operations: Asked[]; isBatch: boolean } => {
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

/** Reads the operation of a GET, whose variables and extensions are JSON in the URL. */
export const readQuery = (given: unknown): Asked => {
  const { query, operationName, variables, extensions, documentId } = isObject(given) ? given : {}
  return readOne({
    query,
    documentId,
    operationName,
    variables: parseObject('variables', variables),
    extensions: parseObject('extensions', extensions)
  })
}

import { GraphQLError } from 'graphql'
import type { FastifyBaseLogger } from 'fastify'
import { catalogue, framesOf, GatewayError, isRefusal, redacted } from '../errors.ts'

type Failure = {
  message: string
  locations?: readonly unknown[] | undefined
  path?: readonly (string | number)[] | undefined
  extensions?: unknown
  originalError?: unknown
}
/** An error in the form in which it is sent. */
export type Formatted = {
  message: string
  locations?: readonly unknown[]
  path?: readonly (string | number)[]
  extensions: Readonly<Record<string, unknown>>
}

const codeOf = (extensions: unknown): unknown =>
  typeof extensions === 'object' && extensions !== null && 'code' in extensions ? extensions.code : undefined
const isOurs = (extensions: unknown): extensions is Readonly<Record<string, unknown>> => {
  const code = codeOf(extensions)
  return typeof code === 'string' && Object.hasOwn(catalogue, code)
}

/** An error without a path concerns the request as a whole. So does an argument whose variable has no value. */
const isAboutRequest = ({ path, originalError }: Failure) =>
  path === undefined || (originalError instanceof GraphQLError && originalError.nodes !== undefined)

/**
 * Formats an error for the client: errors of the gateway and of GraphQL itself unchanged, with a code of the catalogue;
 * any other error as INTERNAL. The log gets the name and the stack of that error, without its message.
 */
export const format = (
  failure: Failure,
  { log, requestId }: { log: FastifyBaseLogger; requestId: string }
): Formatted => {
  const { message, locations, path, extensions, originalError } = failure
  const position = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) }
  if (isOurs(extensions)) {
    if (originalError instanceof GatewayError && originalError.cause !== undefined)
      log.warn({ code: originalError.code, cause: originalError.cause }, 'a field failed')
    return { message, ...position, extensions }
  }
  if (isAboutRequest(failure)) return { message, ...position, extensions: { code: 'BAD_USER_INPUT' } }
  log.error({ cause: redacted(originalError), stack: framesOf(originalError) }, 'a resolver failed')
  return {
    message: `${catalogue.INTERNAL.title}; quote request ${requestId}.`,
    ...position,
    extensions: { code: 'INTERNAL', requestId }
  }
}

/** Does the response refuse the operation itself? The refusal delay then applies. */
export const isRefused = ({ errors = [] }: { errors?: readonly Formatted[] | undefined }): boolean =>
  errors.some(({ extensions }) => isRefusal(codeOf(extensions)))

/** The code of the first error of a response; undefined for a response without errors. */
export const firstCode = ({ errors }: { errors?: readonly Formatted[] | undefined }): string | undefined => {
  if (errors === undefined || errors.length === 0) return undefined
  const code = codeOf(errors[0]?.extensions)
  return typeof code === 'string' ? code : 'INTERNAL'
}

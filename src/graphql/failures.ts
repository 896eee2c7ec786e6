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
/** An error as it leaves. */
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

/** Errors without a path are about the request itself; so is an argument that a variable left without a value. */
const isAboutRequest = ({ path, originalError }: Failure) =>
  path === undefined || (originalError instanceof GraphQLError && originalError.nodes !== undefined)

/**
 * An error as a consumer may see it: ours and GraphQL's own as they are, each with a code of the catalogue; anything else
 * as INTERNAL, while its name and its stack without the words go to the log.
 */
export const format = (
  failure: Failure,
  { log, requestId }: { log: FastifyBaseLogger; requestId: string }
): Formatted => {
  const { message, locations, path, extensions, originalError } = failure
  const place = { ...(locations ? { locations } : {}), ...(path ? { path } : {}) }
  if (isOurs(extensions)) {
    if (originalError instanceof GatewayError && originalError.cause !== undefined)
      log.warn({ code: originalError.code, cause: originalError.cause }, 'a field failed')
    return { message, ...place, extensions }
  }
  if (isAboutRequest(failure)) return { message, ...place, extensions: { code: 'BAD_USER_INPUT' } }
  log.error({ cause: redacted(originalError), stack: framesOf(originalError) }, 'a resolver failed')
  return {
    message: `${catalogue.INTERNAL.title}; quote request ${requestId}.`,
    ...place,
    extensions: { code: 'INTERNAL', requestId }
  }
}

/** Does the answer to an operation say that the operation itself is wrong? Then who asks it again and again is held. */
export const isRefused = ({ errors = [] }: { errors?: readonly Formatted[] | undefined }): boolean =>
  errors.some(({ extensions }) => isRefusal(codeOf(extensions)))

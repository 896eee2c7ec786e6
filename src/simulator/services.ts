import type { FastifyRequest } from 'fastify'
import { createBackend } from './backend.ts'
import type { Credentials } from './credentials.ts'
import type { Answer } from './delivery.ts'
import { pathOf, type createEndpoints } from './endpoints.ts'
import type { createLimits } from './limits.ts'
import type { Tokens } from './token.ts'
import { createTokenEndpoint, tokenPath } from './token-endpoint.ts'

/** The handler of a call. `name` is the name for counts and faults, empty for an unknown path. */
type Service = {
  name: string
  answer: () => Answer
  /** an intended error response */
  failure: (status: number, headers: { [name: string]: string }) => Answer
}

type Deps = {
  seed: number
  endpoints: ReturnType<typeof createEndpoints>
  limits: ReturnType<typeof createLimits>
  credentials: Credentials
  tokens: Tokens
  /** the day number of the current day */
  today: () => number
}

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Finds the handler of a call: the token endpoint, or VDAB's gateway for one of its endpoints. */
export const createServices = ({ seed, endpoints, limits, credentials, tokens, today }: Deps) => {
  const backend = createBackend({ seed, limits, credentials, tokens })
  const tokenEndpoint = createTokenEndpoint({ limits, credentials, tokens })

  return ({ method, raw, headers, body: given }: FastifyRequest): Service => {
    const [path = '', search = ''] = (raw.url ?? '').split(/\?(.*)/s)
    const body = typeof given === 'string' ? given : ''
    const { 'content-type': contentType = '', authorization = '', 'x-ibm-client-id': shown } = headers
    if (path === tokenPath)
      return {
        name: `${method} ${tokenPath}`,
        answer: () => tokenEndpoint.answer({ verb: method, contentType, authorization, body }),
        failure: tokenEndpoint.failure
      }
    const route = endpoints.route(method, pathOf(path))
    const key = typeof shown === 'string' ? shown.trim() : ''
    const question = { query: new URLSearchParams(search), id: decoded(route?.id ?? ''), body, contentType }
    return {
      name: route?.name ?? '',
      answer: () => backend.answer(route, { key, authorization }, { ...question, today: today() }),
      failure: backend.failure
    }
  }
}

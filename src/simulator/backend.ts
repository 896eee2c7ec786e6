import type { Credentials } from './credentials.ts'
import type { Answer } from './delivery.ts'
import type { createEndpoints, Question } from './endpoints.ts'
import { ibmBody, Refusal } from './errors.ts'
import type { createLimits } from './limits.ts'
import { mix } from './random.ts'
import type { Tokens } from './token.ts'

type Deps = {
  seed: number
  credentials: Credentials
  tokens: Tokens
  limits: ReturnType<typeof createLimits>
}

/** The credentials of a call: the key header and the Authorization header, empty when absent. */
export type Shown = { key: string; authorization: string }

/** The route of a call, see `createEndpoints`. */
export type Route = ReturnType<ReturnType<typeof createEndpoints>['route']>

const json = 'application/json;charset=UTF-8'
const hex = (value: number) => value.toString(16).padStart(8, '0')

/**
 * Answers a call as IBM's gateway and VDAB's application do: it checks path and verb, then the key and the token,
 * then the limit, and then runs the query.
 */
export const createBackend = ({ seed, credentials, tokens, limits }: Deps) => {
  let calls = 0

  const transaction = () => {
    calls += 1
    return { 'X-Global-Transaction-ID': hex(mix(seed, calls, 61)) + hex(mix(seed, calls, 62)) + hex(calls) }
  }

  /** An intended error response. */
  const failure = (status: number, headers: { [name: string]: string } = {}): Answer => {
    const hasNoBody = status === 204 || status === 304
    return {
      status,
      headers: { 'content-type': json, ...transaction(), ...headers },
      body: hasNoBody ? '' : ibmBody(status)
    }
  }

  const answer = (route: Route, { key, authorization }: Shown, question: Question): Answer => {
    const headers: { [name: string]: string } = { 'content-type': json, ...transaction() }
    try {
      if (route === undefined) throw new Refusal(404)
      if (route.answer === undefined) throw new Refusal(405)
      credentials.admit(key)
      if (route.needsToken) tokens.admit(authorization)
      const { limit, remaining, retryAfter } = limits.take(key, route.name)
      headers['X-RateLimit-Limit'] = `name=default,${limit};`
      headers['X-RateLimit-Remaining'] = `name=default,${Math.max(0, remaining)};`
      if (remaining < 0 && retryAfter !== undefined) headers['Retry-After'] = String(retryAfter)
      if (remaining < 0) throw new Refusal(429)
      const body = JSON.stringify(route.answer(question))
      if (route.contentType !== undefined) headers['content-type'] = route.contentType
      return { status: 200, headers, body }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { status: error.status, headers, body: ibmBody(error.status, error.moreInformation) }
    }
  }

  return { answer, failure }
}

import pLimit from 'p-limit'
import type { Dispatcher } from 'undici'
import type { Config } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { createDispatcher } from './dispatcher.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import { failureOf, failureOfTransport, saysUnknown } from './failures.ts'
import type { Parameters } from './parameters.ts'

/** The request on whose account a call is made. */
export type Cause = { upstreamCalls: number }
/**
 * One call that ended: its endpoint, VDAB's status (undefined when no answer came), how long it took in ms, and the number
 * under which IBM's gateway knows it, which VDAB's support asks for.
 */
export type CallEvent = { endpoint: EndpointName; status: number | undefined; ms: number; transaction?: string; error?: GatewayError }
type Question = { id?: string; parameters?: Parameters; body?: unknown; cause: Cause }
type Answer = { status: number; text: string; retryAfter: string | undefined }

const transactionIds = /^[\w-]{1,64}$/
const retriedStatuses = new Set([502, 503, 504])
const jitterMs = () => 50 + Math.random() * 100

const withQuery = (path: string, parameters: Parameters) => {
  const query = new URLSearchParams(Object.entries(parameters).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])))
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

type Dependencies = { settings: Config['vdab'] & { url: URL; key: string }; on?: (event: CallEvent) => void; now?: () => number }

/**
 * Speaks to VDAB: one question, one parsed answer, `null` where VDAB knows no such id. The key travels as
 * `X-IBM-Client-Id` and nowhere else (upstream.md §1.6) [seed]. Every endpoint only reads, POST included, so a broken
 * connection or a 502, 503 or 504 is asked once more. Everything that fails is a GatewayError of the UPSTREAM_ kind.
 */
export const createClient = ({ settings, on = () => {}, now = Date.now }: Dependencies) => {
  const { url, key, paths, retries, totalTimeoutMs, concurrency, maxWaiting } = settings
  const dispatcher = createDispatcher(settings)
  const limit = pLimit(concurrency)
  const base = url.pathname.replace(/\/$/, '')

  const request = (name: EndpointName, { id, parameters = {}, body }: Omit<Question, 'cause'>): Dispatcher.RequestOptions => {
    const { method, path } = endpoint(name)
    const named = `${base}/openservices/${(paths[name] ?? path).replace('{id}', encodeURIComponent(id ?? ''))}`
    return {
      origin: url.origin,
      path: withQuery(named, parameters),
      method,
      headers: { accept: 'application/json', 'x-ibm-client-id': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    }
  }

  const attempt = async (name: EndpointName, options: Dispatcher.RequestOptions, cause: Cause): Promise<Answer> => {
    cause.upstreamCalls += 1
    const startedAt = now()
    try {
      const { statusCode: status, headers, body } = await dispatcher.request(options)
      const text = await body.text()
      const { 'retry-after': retryAfter, 'x-global-transaction-id': transaction } = headers
      on({ endpoint: name, status, ms: now() - startedAt, ...(typeof transaction === 'string' && transactionIds.test(transaction) ? { transaction } : {}) })
      return { status, text, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined }
    } catch (error) {
      const failure = failureOfTransport(error)
      on({ endpoint: name, status: undefined, ms: now() - startedAt, error: failure })
      throw failure
    }
  }

  const persist = async (name: EndpointName, options: Dispatcher.RequestOptions, cause: Cause): Promise<Answer> => {
    for (let left = retries; ; left -= 1) {
      const answer = await attempt(name, options, cause).catch((error: unknown) => {
        if (left === 0 || (error instanceof GatewayError && error.code === 'UPSTREAM_TIMEOUT')) throw error
        return undefined
      })
      if (answer && (left === 0 || !retriedStatuses.has(answer.status))) return answer
      await new Promise((resolve) => setTimeout(resolve, jitterMs()))
    }
  }

  return {
    async ask(name: EndpointName, { cause, ...question }: Question): Promise<unknown> {
      if (limit.pendingCount >= maxWaiting) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many questions are waiting for VDAB; ask again later.', { retryAfter: 5, status: 503 })
      const signal = AbortSignal.timeout(totalTimeoutMs)
      const { status, text, retryAfter } = await limit(() => {
        if (signal.aborted) throw new GatewayError('UPSTREAM_TIMEOUT', 'VDAB took too long to answer those before.')
        return persist(name, { ...request(name, question), signal }, cause)
      })
      const isAnswer = status >= 200 && status < 300
      if (!isAnswer && endpoint(name).unknownIsNull && saysUnknown(status, text)) return null
      if (!isAnswer) throw failureOf(status, retryAfter)
      try {
        return JSON.parse(text) as unknown
      } catch (error) {
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered with something that is not JSON.', { cause: error })
      }
    },
    /** Ends every connection; by then nobody waits for an answer any more. */
    close: () => dispatcher.destroy()
  }
}

export type Client = ReturnType<typeof createClient>

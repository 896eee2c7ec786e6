import pLimit from 'p-limit'
import type { Dispatcher } from 'undici'
import type { Config } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { createCircuit } from './circuit.ts'
import { createDispatcher } from './dispatcher.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import { failureOf, failureOfTransport, saysUnknown } from './failures.ts'
import { readJson } from './json.ts'
import { createLanes } from './lanes.ts'
import type { Parameters } from './parameters.ts'

/**
 * The request on whose account a call is made; its id stands beside the call in the log. Work that nobody waits for says
 * so, as long as nobody does: its calls come after all others.
 */
export type Cause = { upstreamCalls: number; readonly requestId?: string; readonly isBackground?: () => boolean }
/**
 * One call that ended: its endpoint, VDAB's status (undefined when no answer came), how long it took in ms, and the number
 * under which IBM's gateway knows it, which VDAB's support asks for.
 */
export type CallEvent = { endpoint: EndpointName; status: number | undefined; ms: number; transaction?: string; requestId?: string; error?: GatewayError }
type Question = { id?: string; parameters?: Parameters; body?: unknown; cause: Cause }
type Answer = { status: number; bytes: Buffer; retryAfter: string | undefined; transaction: string | undefined }
type Options = Dispatcher.RequestOptions & { signal: AbortSignal }

/** Of the places for calls, so many are always left by one endpoint to the others, unless there are few in all. */
const placesLeft = 2
const fewPlaces = 4
const transactionIds = /^[\w-]{1,64}$/
const retriedStatuses = new Set([502, 503, 504])
const tooLong = () => new GatewayError('UPSTREAM_TIMEOUT', 'VDAB took too long to answer.')

/** A broken connection may be whole the next time; a slow VDAB is slow, and an answer too large is large again. */
const isPassing = ({ code, upstreamStatus }: GatewayError) => code !== 'UPSTREAM_TIMEOUT' && upstreamStatus === undefined

/** What the work gives, or UPSTREAM_TIMEOUT at the signal: connecting to a proxy or agreeing on TLS does not look at it. */
const within = async <T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> => {
  if (signal.aborted) throw tooLong()
  let end: () => void = () => {}
  const ended = new Promise<never>((_, reject) => { end = () => { reject(tooLong()) } })
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([start(), ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

const jitterMs = () => 50 + Math.random() * 100

const withQuery = (path: string, parameters: Parameters) => {
  const query = new URLSearchParams(Object.entries(parameters).flatMap(([name, values]) => values.map((value): [string, string] => [name, value])))
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

type Dependencies = { settings: Config['vdab'] & { url: URL; key: string }; on?: (event: CallEvent) => void; now?: () => number }

/**
 * Speaks to VDAB: one question, one parsed answer, `null` where VDAB knows no such id. The key travels as
 * `X-IBM-Client-Id` and nowhere else (upstream.md §1.6) [seed]. Every endpoint only reads, POST included, so a broken
 * connection or a 502, 503 or 504 is asked once more. A VDAB that keeps failing is asked a few times a second only. Everything that fails is a GatewayError of the UPSTREAM_ kind.
 */
export const createClient = ({ settings, on = () => {}, now = Date.now }: Dependencies) => {
  const { url, key, paths, retries, totalTimeoutMs, concurrency, backgroundConcurrency, callsWhileFailing, maxWaiting } = settings
  const { dispatcher, spares } = createDispatcher(settings)
  const lanes = createLanes({ concurrency, background: backgroundConcurrency })
  // An endpoint that hangs holds its places until it is given up: it must leave some to the others.
  const shares = new Map<EndpointName, ReturnType<typeof pLimit>>()
  const shareOf = (name: EndpointName) => {
    const share = shares.get(name) ?? pLimit(Math.max(Math.min(concurrency, fewPlaces), concurrency - backgroundConcurrency - placesLeft))
    shares.set(name, share)
    return share
  }
  const underWay = new Set<Pick<Question, 'cause'>>()
  const waiting = () => [...shares.values()].reduce((sum, { pendingCount }) => sum + pendingCount, lanes.waiting())
  /** Background work has few places as it is, and waiting for one it would keep those who wait from theirs. */
  const placed = <T>(name: EndpointName, { isBackground }: Cause, work: () => Promise<T>): Promise<T> =>
    isBackground?.() ? lanes.run(work, isBackground) : shareOf(name)(() => lanes.run(work))
  const circuit = createCircuit({ callsPerSecond: callsWhileFailing, now })
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

  const receive = async (options: Dispatcher.RequestOptions): Promise<Answer> => {
    const { statusCode: status, headers, body } = await dispatcher.request(options)
    const bytes = Buffer.from(await body.arrayBuffer())
    const { 'retry-after': retryAfter, 'x-global-transaction-id': transaction } = headers
    return {
      status,
      bytes,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      transaction: typeof transaction === 'string' && transactionIds.test(transaction) ? transaction : undefined
    }
  }

  const attempt = async (name: EndpointName, options: Options, { requestId }: Cause): Promise<Answer> => {
    const startedAt = now()
    const booked = requestId === undefined ? {} : { requestId }
    const outcome = await receive(options).catch((error: unknown) => failureOfTransport(error, options.signal.aborted))
    const ms = now() - startedAt
    if (outcome instanceof GatewayError) {
      circuit.note(name, undefined, false)
      on({ endpoint: name, status: undefined, ms, error: outcome, ...booked })
      throw outcome
    }
    const { status, bytes } = outcome
    circuit.note(name, status, status < 500 ? status !== 429 : endpoint(name).unknownIsNull === true && saysUnknown(status, bytes.toString()))
    on({ endpoint: name, status, ms, ...(outcome.transaction === undefined ? {} : { transaction: outcome.transaction }), ...booked })
    return outcome
  }

  const persist = async (name: EndpointName, options: Options, cause: Cause): Promise<Answer> => {
    for (let left = retries; ; left -= 1) {
      circuit.admit(name)
      cause.upstreamCalls += 1
      const answer = await attempt(name, options, cause).catch((error: unknown) => {
        if (left === 0 || !(error instanceof GatewayError) || !isPassing(error)) throw error
        return undefined
      })
      if (answer && (left === 0 || !retriedStatuses.has(answer.status))) return answer
      // VDAB may close an idle connection at the moment at which it is used: the next one is whole.
      if (answer || left < retries) await new Promise((resolve) => setTimeout(resolve, jitterMs()))
    }
  }

  const answerTo = async (name: EndpointName, { cause, ...question }: Question): Promise<Answer> => {
    if (waiting() >= maxWaiting) throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many questions are waiting for VDAB; ask again later.', { retryAfter: 5, status: 503 })
    const signal = AbortSignal.timeout(totalTimeoutMs)
    const asked = { cause }
    underWay.add(asked)
    try {
      return await within(signal, () => placed(name, cause, () => within(signal, () => persist(name, { ...request(name, question), signal }, cause))))
    } finally {
      underWay.delete(asked)
    }
  }

  return {
    async ask(name: EndpointName, question: Question): Promise<unknown> {
      const { status, bytes, retryAfter } = await answerTo(name, question)
      const isAnswer = status >= 200 && status < 300
      if (!isAnswer && endpoint(name).unknownIsNull && saysUnknown(status, bytes.toString())) return null
      if (!isAnswer) throw failureOf({ status, retryAfter, text: bytes.toString(), secrets: [key, url.host] })
      try {
        return readJson(bytes)
      } catch (error) {
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered with something that is not JSON.', { cause: error })
      }
    },
    /** Does somebody else than these wait for an answer of VDAB's? */
    isAskedByOthers: (causes: ReadonlySet<Cause>): boolean => {
      for (const { cause } of underWay) if (!causes.has(cause) && !cause.isBackground?.()) return true
      return false
    },
    /** Opens connections before they are needed, from now on; it asks nothing. */
    keepSpares: spares.keep,
    /** Ends every connection; by then nobody waits for an answer any more. */
    close: () => {
      spares.close()
      return dispatcher.destroy()
    }
  }
}

export type Client = ReturnType<typeof createClient>

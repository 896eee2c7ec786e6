import type { Dispatcher } from 'undici'
import type { Config } from '../config/index.ts'
import { GatewayError } from '../errors.ts'
import { createCallSlots } from './callSlots.ts'
import { createCircuit } from './circuit.ts'
import { createDispatcher } from './dispatcher.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import { failureOf, failureOfTransport, saysUnknown } from './failures.ts'
import { readJson } from './json.ts'
import { createLimited } from './limited.ts'
import type { Parameters } from './parameters.ts'
import { createRequests } from './request.ts'
import { whyOver, within } from './wait.ts'
import type { Claim, Wait } from './wait.ts'

/**
 * The request on whose account a call is made; its id stands beside the call in the log. Work that nobody waits for says
 * so, as long as nobody does: its calls come after all others. `wait` is how long the request waits for all of its calls.
 */
export type Cause = {
  upstreamCalls: number
  readonly requestId?: string
  readonly isBackground?: () => boolean
  readonly wait?: Wait
}
/**
 * One call that ended: its endpoint, VDAB's status (undefined when no answer came), how long it took in ms, and the number
 * under which IBM's gateway knows it, which VDAB's support asks for.
 */
export type CallEvent = {
  endpoint: EndpointName
  status: number | undefined
  ms: number
  transaction?: string
  requestId?: string
  error?: GatewayError
}
/** `claim` says who waits for the answer, where it is not the request alone on whose account it is asked. */
type Question = { id?: string; parameters?: Parameters; body?: unknown; cause: Cause; claim?: Claim | undefined }
type Answer = { status: number; bytes: Buffer; retryAfter: string | undefined; transaction: string | undefined }
type Asked = { readonly cause: Cause; readonly claim: Claim | undefined; isQueued: boolean }
type Options = Dispatcher.RequestOptions & { signal: AbortSignal }

const transactionIds = /^[\w-]{1,64}$/
const retriedStatuses = new Set([502, 503, 504])

/** A broken connection may be whole the next time; a slow VDAB is slow, and an answer too large is large again. */
const isPassing = ({ code, upstreamStatus }: GatewayError) =>
  code === 'UPSTREAM_UNAVAILABLE' && upstreamStatus === undefined

const jitterMs = () => 50 + Math.random() * 100

type Dependencies = {
  settings: Config['vdab'] & { url: URL; key: string }
  on?: (event: CallEvent) => void
  now?: () => number
}

/**
 * Speaks to VDAB: one question, one parsed answer, `null` where VDAB knows no such id. The key travels as
 * `X-IBM-Client-Id` and nowhere else (upstream.md §1.6) [seed]. Every endpoint only reads, POST included, so a broken
 * connection or a 502, 503 or 504 is asked once more. A VDAB that keeps failing is asked a few times a second only, and one
 * that says 429 not before its wait is over. A call that nobody waits for any more is not made; one under way is let finish:
 * it counts at VDAB already, and what it brings is kept. Everything that fails is a GatewayError of the UPSTREAM_ kind.
 */
export const createClient = ({ settings, on = () => {}, now = Date.now }: Dependencies) => {
  const { url, key, paths, retries, totalTimeoutMs, callsWhileFailing, maxWaiting } = settings
  const { dispatcher, idleConnections } = createDispatcher(settings)
  const inSlot = createCallSlots({ concurrency: settings.concurrency, background: settings.backgroundConcurrency })
  const request = createRequests({ url, key, paths })
  const underWay = new Set<Asked>()
  let queued = 0
  // Who hung up stands in the queue until its turn, and must not fill it for the others.
  const isFull = () =>
    queued >= maxWaiting &&
    [...underWay].filter(({ isQueued, claim }) => isQueued && !claim?.isOver()).length >= maxWaiting
  const circuit = createCircuit({ callsPerSecond: callsWhileFailing, now })
  const limited = createLimited({ now })

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
      circuit.note(name, false)
      on({ endpoint: name, status: undefined, ms, error: outcome, ...booked })
      throw outcome
    }
    const { status, bytes } = outcome
    // That a key has used up its calls says nothing of VDAB's health.
    if (status !== 429)
      circuit.note(
        name,
        status < 500 || (endpoint(name).unknownIsNull === true && saysUnknown(status, bytes.toString()))
      )
    on({
      endpoint: name,
      status,
      ms,
      ...(outcome.transaction === undefined ? {} : { transaction: outcome.transaction }),
      ...booked
    })
    return outcome
  }

  /** One call that may go out now, and its answer. Throws, too, when VDAB says 429. */
  const admitted = async (name: EndpointName, options: Options, cause: Cause): Promise<Answer> => {
    const { answered, ended } = limited.admit(name)
    try {
      circuit.admit(name)
      cause.upstreamCalls += 1
      const answer = await attempt(name, options, cause)
      const limit = answered(answer.status, answer.retryAfter)
      if (limit) throw limit
      return answer
    } finally {
      ended()
    }
  }

  const persist = async (
    name: EndpointName,
    options: Options,
    cause: Cause,
    claim: Claim | undefined
  ): Promise<Answer> => {
    for (let left = retries; ; left -= 1) {
      const mayRetry = () => left > 0 && !claim?.isOver()
      const answer = await admitted(name, options, cause).catch((error: unknown) => {
        if (!mayRetry() || !(error instanceof GatewayError) || !isPassing(error)) throw error
        return undefined
      })
      if (answer && (!retriedStatuses.has(answer.status) || !mayRetry())) return answer
      // VDAB may close an idle connection at the moment at which it is used: the next one is whole.
      if (answer || left < retries) await new Promise((resolve) => setTimeout(resolve, jitterMs()))
    }
  }

  const answerTo = async (
    name: EndpointName,
    { cause, claim = cause.wait, ...question }: Question
  ): Promise<Answer> => {
    if (claim?.isOver()) throw whyOver(claim)
    limited.check(name)
    if (isFull())
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many questions are waiting for VDAB; ask again later.', {
        retryAfter: 5,
        status: 503
      })
    const signal = AbortSignal.timeout(
      Math.ceil(Math.max(0, Math.min(totalTimeoutMs, (claim?.endsAt ?? Infinity) - performance.now())))
    )
    const asked: Asked = { cause, claim, isQueued: true }
    const leaveQueue = () => {
      if (asked.isQueued) queued -= 1
      asked.isQueued = false
    }
    underWay.add(asked)
    queued += 1
    try {
      return await within(signal, () =>
        inSlot(name, cause, () => {
          leaveQueue()
          if (claim?.isOver()) throw whyOver(claim)
          return within(signal, () => persist(name, { ...request(name, question), signal }, cause, claim))
        })
      )
    } finally {
      leaveQueue()
      underWay.delete(asked)
    }
  }

  return {
    async ask(name: EndpointName, question: Question): Promise<unknown> {
      const { status, bytes } = await answerTo(name, question)
      const isAnswer = status >= 200 && status < 300
      if (!isAnswer && endpoint(name).unknownIsNull && saysUnknown(status, bytes.toString())) return null
      if (!isAnswer) throw failureOf({ status, text: bytes.toString(), secrets: [key, url.host] })
      try {
        return readJson(bytes)
      } catch (error) {
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered with something that is not JSON.', {
          cause: error
        })
      }
    },
    /** Does somebody else than these wait for an answer of VDAB's? */
    isRequestedByOthers: (causes: ReadonlySet<Cause>): boolean => {
      for (const { cause } of underWay) if (!causes.has(cause) && !cause.isBackground?.()) return true
      return false
    },
    /** Opens connections before they are needed, from now on; it asks nothing. */
    keepIdleConnections: idleConnections.keep,
    /** Ends every connection; by then nobody waits for an answer any more. */
    close: () => {
      idleConnections.close()
      return dispatcher.destroy()
    }
  }
}

export type Client = ReturnType<typeof createClient>

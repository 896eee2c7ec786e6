import type { Dispatcher } from 'undici'
import { GatewayError } from '../errors.ts'
import { createCallQueue } from './callQueue.ts'
import { createCircuit } from './circuit.ts'
import type { Credentials, ReachedVdab } from './credentials/index.ts'
import { createDispatcher } from './dispatcher.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import { failureOf, failureOfTransport, saysUnknown } from './failures.ts'
import { readJson } from './json.ts'
import { createLimited } from './limited.ts'
import { createAdmissions } from './quota/admission.ts'
import type { CallConsumer } from './quota/admission.ts'
import type { CallKind, Quota, Slot, Told } from './quota/contract.ts'
import { createQuota } from './quota/index.ts'
import { readRates } from './quota/rateHeaders.ts'
import type { Parameters } from './parameters.ts'
import { createTargets } from './profiles.ts'
import { createRequests } from './requests.ts'
import type { VdabRequest } from './requests.ts'
import { whyOver, within } from './wait.ts'
import type { Claim, Wait } from './wait.ts'

/**
 * The request that calls are accounted to; its id is logged with each call. Background work is queued after all other
 * calls, as long as `isBackground` returns true. `wait` limits the time of all calls of the request. `consumer` is
 * whose share of the quota they use; their class in it is `kind`, or follows from `isBackground`.
 */
export type Cause = {
  upstreamCalls: number
  readonly requestId?: string
  readonly isBackground?: () => boolean
  readonly wait?: Wait
  readonly consumer?: CallConsumer | undefined
  readonly kind?: CallKind
}
/**
 * A completed call: its endpoint, VDAB's status (undefined without an answer), its duration in ms, and the transaction
 * id of IBM's gateway, which VDAB's support needs.
 */
export type CallEvent = {
  endpoint: EndpointName
  status: number | undefined
  ms: number
  transaction?: string
  requestId?: string
  error?: GatewayError
  /** VDAB answered 401, and the call is repeated with other credentials */
  isRepeated?: boolean
}
/**
 * `claim` tells how long the answer is waited for, where that differs from the wait of the request; `consumers` for
 * whom the call is, where that is more than one.
 */
type Question = {
  id?: string
  parameters?: Parameters
  body?: unknown
  cause: Cause
  claim?: Claim | undefined
  consumers?: readonly CallConsumer[] | undefined
}
type Answer = { status: number; bytes: Buffer; rates: Told; retryAfter?: string; transaction?: string }
type Reported = Answer & { report: CallEvent }
type Options = VdabRequest & { signal: AbortSignal }
/** A call, and where it gets the slots for its repetitions. */
type Sending = { name: EndpointName; options: Options; cause: Cause; again: () => Promise<Slot> }

const transactionIds = /^[\w-]{1,64}$/
const retriedStatuses = new Set([502, 503, 504])

/** A new connection may succeed where one broke; a timeout or an answer that is too large would repeat. */
const isTransient = ({ code, upstreamStatus }: GatewayError) =>
  code === 'UPSTREAM_UNAVAILABLE' && upstreamStatus === undefined

/** After a 401: once with a new token, once with the other key. */
const maxRenewals = 2

const jitterMs = () => 50 + Math.random() * 100

type Dependencies = {
  settings: ReachedVdab
  credentials: Credentials
  /** decides which call goes next; this process alone when absent */
  quota?: Quota | undefined
  on?: (event: CallEvent) => void
  now?: () => number
}

/**
 * The client of VDAB: `ask` sends one query and returns the parsed answer, `null` where VDAB does not know the id.
 * Every endpoint is read-only, POST included, so a broken connection or a 502, 503 or 504 is retried. While VDAB keeps
 * failing it gets a few calls per second; after a 429 it gets none until the given time is over. Each call needs a slot
 * of the quota, a repetition one that is free at once. A call that no request waits for is not sent; once sent it is
 * completed, since VDAB has counted it and the answer is cached. All failures are GatewayErrors.
 */
export const createClient = ({
  settings,
  credentials,
  on = () => {},
  now = Date.now,
  quota = createQuota({ settings: settings.quota, now })
}: Dependencies) => {
  const { url, retries } = settings
  const { dispatcher, idleConnections } = createDispatcher(settings)
  const requestOf = createRequests(settings)
  const targetOf = createTargets(settings)
  const queue = createCallQueue(settings)
  const circuit = createCircuit({ callsPerSecond: settings.callsWhileFailing, now })
  const limited = createLimited({ now })
  const admissionOf = createAdmissions({ quota, totalTimeoutMs: settings.totalTimeoutMs })

  const receive = async (options: Dispatcher.RequestOptions): Promise<Answer> => {
    const { statusCode: status, headers, body } = await dispatcher.request(options)
    const bytes = Buffer.from(await body.arrayBuffer())
    const { 'retry-after': retryAfter, 'x-global-transaction-id': transaction } = headers
    return {
      status,
      bytes,
      rates: readRates(headers),
      ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
      ...(typeof transaction === 'string' && transactionIds.test(transaction) ? { transaction } : {})
    }
  }

  const attempt = async (name: EndpointName, options: Options, { requestId }: Cause): Promise<Reported> => {
    const startedAt = now()
    const outcome = await receive(options).catch((error: unknown) => failureOfTransport(error, options.signal.aborted))
    const event = { endpoint: name, ms: now() - startedAt, ...(requestId === undefined ? {} : { requestId }) }
    if (outcome instanceof GatewayError) {
      circuit.note(name, false)
      on({ ...event, status: undefined, error: outcome })
      throw outcome
    }
    const { status, bytes, transaction } = outcome
    const report = { ...event, status, ...(transaction === undefined ? {} : { transaction }) }
    const isUnknown = () => endpoint(name).unknownIsNull === true && saysUnknown(status, bytes.toString())
    // A 429 is about the quota of the key, not about the health of VDAB.
    if (status !== 429) circuit.note(name, status < 500 || isUnknown())
    if (status !== 401) on(report)
    return { ...outcome, report }
  }

  /** Sends one call if the limit and the circuit admit it, and ends its slot. A 429 is thrown too. */
  const admitted = async ({ name, cause }: Sending, options: Options, slot: Slot): Promise<Reported> => {
    let isSent = false
    try {
      const { answered, ended } = limited.admit(name)
      try {
        circuit.admit(name)
        cause.upstreamCalls += 1
        isSent = true
        const answer = await attempt(name, options, cause)
        const limit = answered(answer.status, answer.retryAfter)
        slot.end({ ...answer.rates, fullForMs: limit?.waitMs })
        if (limit) throw limit.error
        return answer
      } finally {
        ended()
      }
    } finally {
      if (isSent) slot.end({})
      else slot.giveBack()
    }
  }

  /** Sends a call with credentials, and again with others after a 401 where there are others. */
  const withCredentials = async (sending: Sending, first: Slot): Promise<Answer> => {
    const { name, options, again } = sending
    for (let [left, slot] = [maxRenewals, first]; ; left -= 1, slot = await again()) {
      const shown = await credentials.show(targetOf(name).needsToken)
      const answer = await admitted(sending, { ...options, headers: { ...options.headers, ...shown.headers } }, slot)
      if (answer.status !== 401) {
        credentials.accepted(shown)
        return answer
      }
      const isRepeated = left > 0 && (await credentials.refused(shown))
      on({ ...answer.report, isRepeated })
      if (!isRepeated) return answer
    }
  }

  const withRetries = async (sending: Sending, first: Slot, claim: Claim | undefined): Promise<Answer> => {
    for (let [left, slot] = [retries, first]; ; left -= 1) {
      const mayRetry = () => left > 0 && !claim?.isOver()
      let failure: unknown
      const answer = await withCredentials(sending, slot).catch((error: unknown) => {
        if (!mayRetry() || !(error instanceof GatewayError) || !isTransient(error)) throw error
        failure = error
        return undefined
      })
      if (answer && (!retriedStatuses.has(answer.status) || !mayRetry())) return answer
      // VDAB may close an idle connection just when it is used: the first retry does not wait.
      if (answer || left < retries) await new Promise((resolve) => setTimeout(resolve, jitterMs()))
      const next = await sending.again().catch(() => undefined)
      if (next) slot = next
      else if (answer) return answer
      else throw failure
    }
  }

  const answerTo = async (name: EndpointName, { cause, claim = cause.wait, consumers, ...parts }: Question) => {
    if (claim?.isOver()) throw whyOver(claim)
    limited.check(name)
    if (queue.isFull())
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many questions are waiting for VDAB; ask again later.', {
        retryAfter: 5,
        status: 503
      })
    const { admit, again } = admissionOf(name, { cause, claim, consumers })
    return queue.run(name, { cause, claim, admit }, async ({ slot, signal }): Promise<Answer> => {
      try {
        if (claim?.isOver()) throw whyOver(claim)
        const sending = { name, options: { ...requestOf(name, parts), signal }, cause, again }
        return await within(signal, () => withRetries(sending, slot, claim))
      } finally {
        slot.giveBack() // without effect when the call was sent
      }
    })
  }

  return {
    async ask(name: EndpointName, question: Question): Promise<unknown> {
      const { status, bytes } = await answerTo(name, question)
      const isAnswer = status >= 200 && status < 300
      if (!isAnswer && endpoint(name).unknownIsNull && saysUnknown(status, bytes.toString())) return null
      if (!isAnswer) throw failureOf({ status, text: bytes.toString(), secrets: [...credentials.secrets(), url.host] })
      try {
        return readJson(bytes)
      } catch (error) {
        throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered with something that is not JSON.', {
          cause: error
        })
      }
    },
    isRequestedByOthers: queue.isRequestedByOthers,
    /** Opens idle connections and keeps them open; it sends no call. */
    keepIdleConnections: idleConnections.keep,
    /** Closes every connection. */
    close: () => {
      idleConnections.close()
      return dispatcher.destroy()
    }
  }
}

export type Client = ReturnType<typeof createClient>

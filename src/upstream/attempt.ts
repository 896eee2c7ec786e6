import type { Dispatcher } from 'undici'
import { GatewayError } from '../errors.ts'
import type { createCallFollower, FollowedQuery } from './callFollower.ts'
import type { createCircuit } from './circuit.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import { failureOfTransport, saysUnknown } from './failures.ts'
import type { ReportedQuota } from './quota/contract.ts'
import { readRates } from './quota/rateHeaders.ts'
import type { VdabRequest } from './requests.ts'

/**
 * A completed call: its endpoint, VDAB's status (undefined without a response), its duration in ms, and the transaction
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
  /** VDAB does not know the requested id */
  isUnknown?: boolean
}
type Answer = {
  status: number
  bytes: Buffer
  rates: ReportedQuota
  retryAfter: string | undefined
  transaction?: string
}
/** A response of VDAB; `isUnknown`: VDAB does not know the requested id. */
export type Judged = Answer & { isUnknown: boolean }
/** The same, with the outcome to report. */
export type Reported = Judged & { report: CallEvent }
/** A request with its timeout; `endsAt` is the same as an instant of performance.now(). */
export type AttemptOptions = VdabRequest & { signal: AbortSignal; endsAt: number }

const transactionIds = /^[\w-]{1,64}$/
/** Is this a 2xx? */
export const isSuccess = (status: number) => status >= 200 && status < 300

type Dependencies = {
  dispatcher: Dispatcher
  circuit: ReturnType<typeof createCircuit>
  on: (event: CallEvent) => void
  follow: ReturnType<typeof createCallFollower>
  now: () => number
}

/**
 * Sends one call and reads its response, of any status. Reports failures to the circuit breaker, and each call to `on`,
 * except a call with a 401, which may be repeated. Throws the GatewayError of a call without a response.
 */
export const createAttempt = ({ dispatcher, circuit, on, follow, now }: Dependencies) => {
  const receive = async (options: Dispatcher.RequestOptions): Promise<Answer> => {
    const { statusCode: status, headers, body } = await dispatcher.request(options)
    const bytes = Buffer.from(await body.arrayBuffer())
    const { 'retry-after': retryAfter, 'x-global-transaction-id': transaction } = headers
    return {
      status,
      bytes,
      rates: readRates(headers),
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      ...(typeof transaction === 'string' && transactionIds.test(transaction) ? { transaction } : {})
    }
  }

  return async (name: EndpointName, options: AttemptOptions, query: FollowedQuery): Promise<Reported> => {
    const { requestId } = query.cause
    const startedAt = now()
    const { traceparent, end } = follow(name, options.method, query)
    const headers = traceparent === undefined ? options.headers : { ...options.headers, traceparent }
    const outcome = await receive({ ...options, headers }).catch((error: unknown) =>
      failureOfTransport(error, options.signal.aborted)
    )
    const event = { endpoint: name, ms: now() - startedAt, ...(requestId === undefined ? {} : { requestId }) }
    if (outcome instanceof GatewayError) {
      circuit.note(name, false)
      const report = { ...event, status: undefined, error: outcome }
      end(report)
      on(report)
      throw outcome
    }
    const { status, bytes, transaction } = outcome
    const { unknownIsNull, hasPaths } = endpoint(name)
    const isUnknown =
      !isSuccess(status) &&
      unknownIsNull === true &&
      (hasPaths ? status === 404 : saysUnknown(status, bytes.toString()))
    const report = {
      ...event,
      status,
      ...(transaction === undefined ? {} : { transaction }),
      ...(isUnknown ? { isUnknown } : {})
    }
    // A 429 is about the quota of the key, not about the health of VDAB.
    // A 2xx counts once it is read.
    if (status !== 429 && !isSuccess(status)) circuit.note(name, status < 500 || isUnknown)
    end(report)
    if (status !== 401) on(report)
    return { ...outcome, isUnknown, report }
  }
}

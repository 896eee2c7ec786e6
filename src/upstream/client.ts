import { setTimeout } from 'node:timers/promises'
import { GatewayError } from '../errors.ts'
import { createAttempt, isSuccess } from './attempt.ts'
import type { AttemptOptions, CallEvent, Judged, Reported } from './attempt.ts'
import { createCallQueue } from './callQueue.ts'
import { createCallFollower } from './callFollower.ts'
import type { CallReport, FollowCall, FollowedQuery } from './callFollower.ts'
import { createCircuit } from './circuit.ts'
import type { Credentials, ReachedVdab } from './credentials/index.ts'
import { createDispatcher } from './dispatcher.ts'
import type { EndpointName } from './endpoints.ts'
import { failureOf } from './failures.ts'
import { readJson } from './json.ts'
import { pauseBefore } from './retries.ts'
import { createLimited } from './limited.ts'
import { createAdmissions } from './quota/admission.ts'
import type { CallConsumer } from './quota/admission.ts'
import type { CallKind, Quota, Slot } from './quota/contract.ts'
import { createQuota } from './quota/index.ts'
import type { Parameters } from './parameters.ts'
import { createTargets } from './profiles.ts'
import { checkShape } from './records.ts'
import { createRequests } from './requests.ts'
import { whyOver, within } from './wait.ts'
import type { Claim, Wait } from './wait.ts'

/**
 * The request that pays for calls; its id is logged with each call. Background work is queued after all other calls, as
 * long as `isBackground` returns true. `wait` limits the time of all calls of the request. `consumer` is the consumer
 * whose share of the quota they use; their class is `kind`, or follows from `isBackground`. `traceparent` creates the
 * header of that name, for each call. `origin` is the request itself, and `sharedBy` are all requests that get the same
 * response; both are for the followers of calls. `onCall` is called for each call.
 */
export type Cause = {
  upstreamCalls: number
  readonly requestId?: string
  readonly isBackground?: () => boolean
  readonly wait?: Wait
  readonly consumer?: CallConsumer | undefined
  readonly kind?: CallKind
  readonly traceparent?: (() => string) | undefined
  readonly origin?: object | undefined
  readonly sharedBy?: (() => readonly object[]) | undefined
  readonly onCall?: ((call: CallReport) => void) | undefined
}
/**
 * `claim` is the time limit of the call, if it differs from that of the request; `consumers` are the consumers of the
 * call, if there are several; `ids` is the number of ids in the body.
 */
type Question = {
  id?: string
  parameters?: Parameters
  body?: unknown
  ids?: number
  headers?: Readonly<Record<string, string>>
  cause: Cause
  claim?: Claim | undefined
  consumers?: readonly CallConsumer[] | undefined
}
/** A call, and the source of the slots for its repetitions. */
type Sending = {
  name: EndpointName
  options: AttemptOptions
  query: FollowedQuery
  again: () => Promise<Slot>
  renewed: () => Promise<Slot>
}

/** After a 401: once with a new token, once with the other key. */
const maxRenewals = 2

type Dependencies = {
  settings: ReachedVdab
  credentials: Credentials
  /** decides which call is sent next; per process when absent */
  quota?: Quota | undefined
  on?: (event: CallEvent) => void
  /** gets each parsed answer */
  onAnswer?: (name: EndpointName, answer: unknown) => void
  /** follows each call, for traces */
  follow?: FollowCall | undefined
  now?: () => number
}

const parse = (name: EndpointName, bytes: Buffer): unknown => {
  try {
    const answer = readJson(bytes)
    checkShape(name, answer)
    return answer
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('UPSTREAM_UNAVAILABLE', 'VDAB answered with something that is not JSON.', { cause: error })
  }
}

/**
 * The client of VDAB: `ask` sends one query and returns the parsed response, `null` if VDAB does not know the id. Every
 * endpoint is read-only, POST included, so a broken connection or a 5xx is retried (retries.ts). While VDAB keeps
 * failing it gets a few calls per second; after a 429 it gets none until the given time is over. Each call needs a slot
 * of the quota; a repetition needs one that is free at once. A call without a waiting request is not sent. A call that
 * was sent is completed, since VDAB has counted it and the response is cached. All failures are GatewayErrors.
 */
export const createClient = ({
  settings,
  credentials,
  on = () => {},
  onAnswer = () => {},
  follow,
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

  const attempt = createAttempt({ dispatcher, circuit, on, follow: createCallFollower(follow), now })

  /** Sends one call if the limit and the circuit admit it, and ends its slot. A 429 is thrown too. */
  const admitted = async ({ name, query }: Sending, options: AttemptOptions, slot: Slot): Promise<Reported> => {
    let isSent = false
    try {
      const { answered, ended } = limited.admit(name)
      try {
        circuit.admit(name)
        query.cause.upstreamCalls += 1
        isSent = true
        const answer = await attempt(name, options, query)
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

  /** Sends a call with credentials. After a 401 it sends the call again with other credentials, if there are any. */
  const withCredentials = async (sending: Sending, first: Slot): Promise<Judged> => {
    const { name, options, renewed } = sending
    for (let [left, slot] = [maxRenewals, first]; ; left -= 1, slot = await renewed()) {
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

  const withRetries = async (sending: Sending, first: Slot, claim: Claim | undefined): Promise<Judged> => {
    const { name, options, again } = sending
    for (let [made, slot] = [0, first]; ; made += 1) {
      const answer = await withCredentials(sending, slot).catch((error: unknown) => ({ error }))
      const endsAt = claim?.isOver() ? -Infinity : Math.min(options.endsAt, claim?.endsAt ?? Infinity)
      const pause = pauseBefore(answer, { name, made, retries, endsAt, now })
      if (pause !== undefined && pause > 0) await setTimeout(pause, undefined, { signal: options.signal })
      const next = pause === undefined ? undefined : await again().catch(() => undefined)
      if (next) slot = next
      else if ('error' in answer) throw answer.error
      else return answer
    }
  }

  const answerTo = async (name: EndpointName, { cause, claim = cause.wait, consumers, ids, ...parts }: Question) => {
    if (claim?.isOver()) throw whyOver(claim)
    limited.check(name)
    if (queue.isFull())
      throw new GatewayError('UPSTREAM_UNAVAILABLE', 'Too many questions are waiting for VDAB; ask again later.', {
        retryAfter: 5,
        status: 503
      })
    const query: FollowedQuery = { cause, claim, ids, sent: 0, since: performance.now() }
    const { admit, ...repeating } = admissionOf(name, { cause, claim, consumers })
    return queue.run(name, { cause, claim, admit }, async ({ slot, signal, endsAt }): Promise<Judged> => {
      try {
        if (claim?.isOver()) throw whyOver(claim)
        const sending = { name, options: { ...requestOf(name, parts), signal, endsAt }, query, ...repeating }
        return await within(signal, () => withRetries(sending, slot, claim))
      } finally {
        slot.giveBack() // without effect when the call was sent
      }
    })
  }

  const read = (name: EndpointName, bytes: Buffer): unknown => {
    try {
      const answer = parse(name, bytes)
      circuit.note(name, true)
      return answer
    } catch (error) {
      circuit.note(name, false)
      throw error
    }
  }

  return {
    async ask(name: EndpointName, question: Question): Promise<unknown> {
      const { status, bytes, isUnknown } = await answerTo(name, question)
      if (isUnknown) return null
      if (!isSuccess(status))
        throw failureOf({ status, text: bytes.toString(), secrets: [...credentials.secrets(), url.host] })
      const answer = read(name, bytes)
      onAnswer(name, answer)
      return answer
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

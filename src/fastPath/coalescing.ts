import type { RequestContext } from '../access/requestContext.ts'
import type { CostBalance } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Result as ExecutedResult } from '../graphql/engine.ts'
import type { Waiting } from '../graphql/pipeline.ts'
import type { AnswerLookup } from '../http/answered.ts'
import { toBuffer } from './byteChunks.ts'
import type { ByteChunks } from './byteChunks.ts'
import type { AnswerCache, CachedAnswer, EntryVersion } from './answerCache.ts'
import { lookupOf } from './report.ts'
import type { CacheHit } from './template.ts'

/** The result of an operation: executed, or written as `text` in place of `data`. */
export type WrittenResult = ExecutedResult & { readonly text?: ByteChunks }
/** A computed answer: its payload for the request that computed it, and its result for the other requests. */
export type ComputedAnswer<T> = {
  payload: T
  result: WrittenResult
  /** its source cache entries; undefined if they are personal, stale or not in the cache */
  versions: () => readonly EntryVersion[] | undefined
  /** may waiting requests get its errors? */
  mayShareErrors?: boolean
}
/** The ways in which one request gets its answer. */
type Ways<T> = {
  compute: (waiting?: Waiting) => ComputedAnswer<T> | Promise<ComputedAnswer<T>>
  /** the answer with the errors of another request */
  withErrors: (result: WrittenResult) => T
}
type Outcome = { readonly cached?: CachedAnswer | undefined; readonly failed?: WrittenResult | undefined }
type InFlight = {
  readonly edition: number
  readonly outcome: Promise<Outcome>
  /** the requests that wait for it */
  readonly requestContexts: RequestContext[]
}

/** Errors that depend on VDAB and on the operation, and not on the request. */
const sharedCodes: ReadonlySet<unknown> = new Set([
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_REFUSED',
  'BAD_USER_INPUT',
  'FORBIDDEN'
])
const hasSharedErrors = ({ errors = [] }: WrittenResult) =>
  errors.length > 0 && errors.every(({ extensions: { code } }) => sharedCodes.has(code))

type Dependencies = {
  answerCache: AnswerCache
  /** a number that changes with each invalidation: earlier computations may be outdated */
  edition: () => number
  /** does this request ask for a fresher answer than other requests get? */
  wantsFresher: (requestContext: RequestContext) => boolean
  onLookup?: (event: AnswerLookup) => void
}

/**
 * The `extensions` of an answer without stale parts, as the end of its JSON; without `balance` they contain no cost.
 */
export const endOf = (
  { scopes }: Consumer,
  price: number,
  balance: CostBalance | undefined,
  upstreamCalls: number
): string => {
  const calls = scopes.has('beheer') ? `"upstreamCalls":${upstreamCalls}` : ''
  if (balance === undefined) return calls === '' ? '}' : `,"extensions":{${calls}}}`
  const { remaining, limit } = balance
  const cost = `"cost":{"price":${price},"remaining":${remaining},"limit":${limit}}`
  return `,"extensions":{${calls}${calls === '' ? '' : ','}${cost}}}`
}

/** The end of a cached answer, which caused no calls. */
export const tailOf =
  (consumer: Consumer, price: number) =>
  (balance: CostBalance | undefined): string =>
    endOf(consumer, price, balance, 0)

const bytesOf = ({ text, data }: WrittenResult): Buffer =>
  text === undefined
    ? Buffer.from(`{"data":${JSON.stringify(data)}`)
    : toBuffer({ ...text, text: `{"data":${text.text}` })

/**
 * Stores whole answers for all consumers with the same scopes, and computes identical concurrent operations only once.
 * Waiting requests share the result, including a failure of VDAB, and the deadline; the computation continues while one
 * of them is connected. Personal and stale answers are neither stored nor shared: each waiting request then computes
 * its own, in its remaining time.
 */
export const createCoalescing = ({ answerCache, edition, wantsFresher, onLookup = () => {} }: Dependencies) => {
  const inFlight = new Map<string, InFlight>()

  const store = (key: string, { result, versions: versionsOf }: ComputedAnswer<unknown>): CachedAnswer | undefined => {
    const versions = versionsOf()
    return versions && !result.errors && (result.text !== undefined || result.data != null)
      ? answerCache.set(key, bytesOf(result), { versions })
      : undefined
  }

  /** Shares a computation with the requests that join until it ends. */
  const share = async <T>(
    key: string,
    computing: Promise<ComputedAnswer<T>>,
    { edition: startedIn, requestContexts }: Pick<InFlight, 'edition' | 'requestContexts'>
  ): Promise<T> => {
    let settle: (outcome: Outcome) => void = () => {}
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve
    })
    const flight: InFlight = { edition: startedIn, requestContexts, outcome }
    inFlight.set(key, flight)
    let settled: Outcome = {}
    try {
      const computed = await computing
      const { result, mayShareErrors } = computed
      settled =
        mayShareErrors === true && hasSharedErrors(result) ? { failed: result } : { cached: store(key, computed) }
      return computed.payload // it reports the calls that it caused
    } finally {
      if (inFlight.get(key) === flight) inFlight.delete(key)
      settle(settled)
    }
  }

  const start = <T>(
    key: string,
    requestContext: RequestContext,
    { compute }: Ways<T>,
    since: number
  ): T | Promise<T> => {
    const startedIn = edition()
    const requestContexts = [requestContext]
    const computed = compute({
      since,
      isGone: () => requestContexts.every((one) => one.isGone()),
      sharedBy: () => requestContexts
    })
    if (computed instanceof Promise) return share(key, computed, { edition: startedIn, requestContexts })
    store(key, computed)
    return computed.payload
  }

  const join = async <T>(
    key: string,
    requestContext: RequestContext,
    flight: InFlight,
    ways: Ways<T>
  ): Promise<CacheHit | T> => {
    const since = performance.now()
    flight.requestContexts.push(requestContext)
    const { cached, failed } = await flight.outcome
    if (cached) return { cached, key }
    return failed ? ways.withErrors(failed) : start(key, requestContext, ways, since)
  }

  const keyOf = (requestContext: RequestContext, operation: string): string =>
    `graphql ${answerCache.scopesOf(requestContext.consumer)} ${operation}`

  return {
    /** The key of the cached answer to an operation. */
    keyOf,
    /** The answer to an operation: stored, shared, or computed; synchronously where possible. */
    answer<T>(
      requestContext: RequestContext,
      { key: operation }: { key?: string | undefined },
      ways: Ways<T>
    ): CacheHit | T | Promise<CacheHit | T> {
      if (operation === undefined || wantsFresher(requestContext)) {
        const computed = ways.compute()
        return computed instanceof Promise ? computed.then(({ payload }) => payload) : computed.payload
      }
      const key = keyOf(requestContext, operation)
      const cached = answerCache.get(key)
      if (cached) {
        onLookup(lookupOf('graphql', 'hit'))
        return { cached, key }
      }
      const flight = inFlight.get(key)
      const isJoined = flight?.edition === edition()
      onLookup(lookupOf('graphql', isJoined ? 'coalesced' : 'miss'))
      return isJoined ? join(key, requestContext, flight, ways) : start(key, requestContext, ways, performance.now())
    }
  }
}

export type Coalescing = ReturnType<typeof createCoalescing>

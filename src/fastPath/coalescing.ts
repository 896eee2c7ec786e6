import type { RequestContext } from '../access/requestContext.ts'
import type { Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Answers, Kept, EntryVersion } from './kept.ts'
import type { Ready } from './template.ts'
import { toBuffer } from './byteChunks.ts'
import type { Result as ExecutedResult } from '../graphql/engine.ts'
import type { Waiting } from '../graphql/pipeline.ts'
import type { ByteChunks } from './byteChunks.ts'

/** The outcome of an operation: executed, or `text` that was written in place of `data`. */
export type WrittenResult = ExecutedResult & { readonly text?: ByteChunks }
/**
 * What came of an operation; `stamps` tells what all of it was made of, when all of that was fresh and stands in the
 * cache.
 */
export type ComputedAnswer<T> = {
  payload: T
  result: WrittenResult
  versions: () => readonly EntryVersion[] | undefined
  mayBeRetold?: boolean
}
/** How an answer is computed, and how a failure that others share is told to this asker. */
type Ways<T> = {
  compute: (waiting?: Waiting) => ComputedAnswer<T> | Promise<ComputedAnswer<T>>
  retell: (result: WrittenResult) => T
}
type Outcome = { readonly kept?: Kept | undefined; readonly failed?: WrittenResult | undefined }
type InFlight = {
  readonly edition: number
  readonly outcome: Promise<Outcome>
  readonly requestContexts: RequestContext[]
}

/**
 * Failures that are not of one asker alone: what befell VDAB, and what is wrong with the question. Not what names a
 * request.
 */
const sharedCodes: ReadonlySet<unknown> = new Set([
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_REFUSED',
  'BAD_USER_INPUT',
  'FORBIDDEN'
])
const isShared = ({ errors = [] }: WrittenResult) =>
  errors.length > 0 && errors.every(({ extensions: { code } }) => sharedCodes.has(code))

type Dependencies = {
  answers: Answers
  /** another number once something was forgotten: what was started before may show it as it was */
  edition: () => number
  /** does this one want a fresher answer than others get? */
  asksFresher: (requestContext: RequestContext) => boolean
}

/**
 * The end of an answer in which nothing is stale: the calls that it caused, told to those who may know, and what it
 * costs.
 */
export const endOf = (
  { scopes }: Consumer,
  price: number,
  { remaining, limit }: Standing,
  upstreamCalls: number
): string =>
  `,"extensions":{${scopes.has('beheer') ? `"upstreamCalls":${upstreamCalls},` : ''}` +
  `"cost":{"price":${price},"remaining":${remaining},"limit":${limit}}}}`

/** The end of an answer that is kept: it caused no call. */
export const tailOf =
  (consumer: Consumer, price: number) =>
  (standing: Standing): string =>
    endOf(consumer, price, standing, 0)

const bytesOf = ({ text, data }: WrittenResult): Buffer =>
  text === undefined
    ? Buffer.from(`{"data":${JSON.stringify(data)}`)
    : toBuffer({ ...text, text: `{"data":${text.text}` })

/**
 * Keeps whole answers for whoever asks the same and may see the same, and computes what several ask at one moment once.
 * Who joins shares what comes of it, a failure of VDAB's too, and its deadline; it goes on while one of them waits.
 * What tells of a person or is stale is neither kept nor shared, and whoever waited for it asks on their own, in the
 * time they have left.
 */
export const createCoalescing = ({ answers, edition, asksFresher }: Dependencies) => {
  const flights = new Map<string, InFlight>()

  const keep = (key: string, { result, versions: versionsOf }: ComputedAnswer<unknown>): Kept | undefined => {
    const versions = versionsOf()
    return versions && !result.errors && (result.text !== undefined || result.data != null)
      ? answers.keep(key, bytesOf(result), { versions })
      : undefined
  }

  const leadTo = async <T>(
    key: string,
    computing: Promise<ComputedAnswer<T>>,
    startedIn: number,
    requestContexts: RequestContext[]
  ): Promise<Ready | T> => {
    let settle: (outcome: Outcome) => void = () => {}
    const flight: InFlight = {
      edition: startedIn,
      requestContexts,
      outcome: new Promise((resolve) => {
        settle = resolve
      })
    }
    flights.set(key, flight)
    let outcome: Outcome = {}
    try {
      const computed = await computing
      const { result, mayBeRetold } = computed
      outcome = mayBeRetold === true && isShared(result) ? { failed: result } : { kept: keep(key, computed) }
      // Whoever caused calls is told of them, so the first answer is its own.
      return computed.payload
    } finally {
      if (flights.get(key) === flight) flights.delete(key)
      settle(outcome)
    }
  }

  const lead = <T>(
    key: string,
    requestContext: RequestContext,
    { compute }: Ways<T>,
    since: number
  ): T | Promise<Ready | T> => {
    const startedIn = edition()
    const requestContexts = [requestContext]
    const computed = compute({ since, isGone: () => requestContexts.every((one) => one.isGone()) })
    if (computed instanceof Promise) return leadTo(key, computed, startedIn, requestContexts)
    keep(key, computed)
    return computed.payload
  }

  const join = async <T>(
    key: string,
    requestContext: RequestContext,
    flight: InFlight,
    ways: Ways<T>
  ): Promise<Ready | T> => {
    const since = performance.now()
    flight.requestContexts.push(requestContext)
    const { kept, failed } = await flight.outcome
    if (kept) return { kept, key }
    return failed ? ways.retell(failed) : lead(key, requestContext, ways, since)
  }

  const keyOf = (requestContext: RequestContext, what: string): string =>
    `graphql ${answers.scopesOf(requestContext.consumer)} ${what}`

  return {
    answers,
    /** Under which this answer is kept, when it may be. */
    keyOf,
    /**
     * The answer to an operation: kept, shared with whoever asks it at this moment, or computed for this one; at once
     * where it can be.
     */
    of<T>(
      requestContext: RequestContext,
      { key: what }: { key?: string | undefined },
      ways: Ways<T>
    ): Ready | T | Promise<Ready | T> {
      if (what === undefined || asksFresher(requestContext)) {
        const computed = ways.compute()
        return computed instanceof Promise ? computed.then(({ payload }) => payload) : computed.payload
      }
      const key = keyOf(requestContext, what)
      const found = answers.find(key)
      if (found) return { kept: found, key }
      const flight = flights.get(key)
      return flight?.edition === edition()
        ? join(key, requestContext, flight, ways)
        : lead(key, requestContext, ways, performance.now())
    }
  }
}

export type Coalescing = ReturnType<typeof createCoalescing>

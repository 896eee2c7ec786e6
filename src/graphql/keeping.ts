import type { Asker } from '../access/asker.ts'
import type { Standing } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Answers, Kept, Stamp } from '../answers/kept.ts'
import type { Ready } from '../answers/plan.ts'
import { toBuffer } from '../pieces.ts'
import type { Priced, Result } from './engine.ts'

export type { Ready }

/** What came of an operation; `stamps` tells what all of it was made of, when all of that was fresh and stands in the cache. */
export type Computed<T> = { payload: T; result: Result; stamps: () => readonly Stamp[] | undefined }
type Compute<T> = () => Computed<T> | Promise<Computed<T>>
type Flight = { readonly edition: number; readonly kept: Promise<Kept | undefined> }

type Dependencies = {
  answers: Answers
  /** another number once something was forgotten: what was started before may show it as it was */
  edition: () => number
  /** does this one want a fresher answer than others get? */
  asksFresher: (asker: Asker) => boolean
}

/** The end of an answer in which nothing is stale: the calls that it caused, told to those who may know, and what it costs. */
export const endOf = ({ scopes }: Consumer, price: number, { remaining, limit }: Standing, upstreamCalls: number): string =>
  `,"extensions":{${scopes.has('beheer') ? `"upstreamCalls":${upstreamCalls},` : ''}"cost":{"price":${price},"remaining":${remaining},"limit":${limit}}}}`

/** The end of an answer that is kept: it caused no call. */
export const tailOf = (consumer: Consumer, price: number) => (standing: Standing): string => endOf(consumer, price, standing, 0)

const bytesOf = ({ text, data }: Result): Buffer => (text === undefined ? Buffer.from(`{"data":${JSON.stringify(data)}`) : toBuffer({ ...text, text: `{"data":${text.text}` }))

/**
 * Keeps whole answers for whoever asks the same and may see the same, and computes what several ask at one moment once. What
 * tells of a person, is stale or failed is neither kept nor shared, and whoever waited for it asks on their own.
 */
export const createKeeping = ({ answers, edition, asksFresher }: Dependencies) => {
  const flights = new Map<string, Flight>()

  const keep = (key: string, { result, stamps: stampsOf }: Computed<unknown>): Kept | undefined => {
    const stamps = stampsOf()
    return stamps && !result.errors && (result.text !== undefined || result.data != null) ? answers.keep(key, bytesOf(result), { stamps }) : undefined
  }

  const leadTo = async <T>(key: string, computing: Promise<Computed<T>>, startedIn: number): Promise<Ready | T> => {
    let settle: (kept: Kept | undefined) => void = () => {}
    const flight: Flight = { edition: startedIn, kept: new Promise((resolve) => { settle = resolve }) }
    flights.set(key, flight)
    let kept: Kept | undefined
    try {
      const computed = await computing
      kept = keep(key, computed)
      // Whoever caused calls is told of them, so the first answer is its own.
      return computed.payload
    } finally {
      if (flights.get(key) === flight) flights.delete(key)
      settle(kept)
    }
  }

  const lead = <T>(key: string, compute: Compute<T>): T | Promise<Ready | T> => {
    const startedIn = edition()
    const computed = compute()
    if (computed instanceof Promise) return leadTo(key, computed, startedIn)
    keep(key, computed)
    return computed.payload
  }

  const join = async <T>(key: string, flight: Flight, compute: Compute<T>): Promise<Ready | T> => {
    const shared = await flight.kept
    return shared ? { kept: shared, key } : lead(key, compute)
  }

  const keyOf = (asker: Asker, what: string): string => `graphql ${answers.scopesOf(asker.consumer)} ${what}`

  return {
    answers,
    /** Under which this answer is kept, when it may be. */
    keyOf,
    /** The answer to an operation: kept, shared with whoever asks it at this moment, or computed for this one; at once where it can be. */
    of<T>(asker: Asker, { key: what }: Pick<Priced, 'key'>, compute: Compute<T>): Ready | T | Promise<Ready | T> {
      if (what === undefined || asksFresher(asker)) {
        const computed = compute()
        return computed instanceof Promise ? computed.then(({ payload }) => payload) : computed.payload
      }
      const key = keyOf(asker, what)
      const found = answers.find(key)
      if (found) return { kept: found, key }
      const flight = flights.get(key)
      return flight?.edition === edition() ? join(key, flight, compute) : lead(key, compute)
    }
  }
}

export type Keeping = ReturnType<typeof createKeeping>

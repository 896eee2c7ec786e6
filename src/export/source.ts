import { GatewayError } from '../errors.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import type { Page } from '../upstream/records.ts'
import { waitUntilPassed, type RateLimiter } from './rateLimiter.ts'

const firstPauseMs = 1000
const longestPauseMs = 60_000

type Dependencies = {
  /** one page of VDAB's list of the vacancies published on a date, without the cache */
  page: (datum: string, vanaf: number, aantal: number, cause: Cause) => Promise<Page>
  /** the records of ids, without the cache; omits unknown ids, and never rejects */
  records: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
  rateLimiter: RateLimiter
  /** the number of attempts for each call */
  tries: number
  now: () => number
}

/** Is this error temporary? A refused key and an invalid request are not. */
const isTemporary = (error: unknown): error is GatewayError =>
  error instanceof GatewayError &&
  ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code)

const pauseAfter = (attempt: number, { retryAfter = 0 }: GatewayError) =>
  Math.max(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)), retryAfter * 1000)

/** VDAB for an export: rate-limited, with retries, and without filling the cache. */
export const createExportSource = ({ page, records, rateLimiter, tries, now }: Dependencies) => {
  /** Waits for one call, runs the work, and books its further calls as debt. */
  const limited = async <T>(work: (cause: Cause) => Promise<T>, cause: Cause, signal: AbortSignal): Promise<T> => {
    await rateLimiter.turn(signal)
    const own: Cause = { ...cause, upstreamCalls: 0, isBackground: () => true } // one cause has concurrent calls
    try {
      return await work(own)
    } finally {
      cause.upstreamCalls += own.upstreamCalls
      rateLimiter.owe(Math.max(0, own.upstreamCalls - 1))
    }
  }

  return {
    /** One page. Throws the last error. The first page has one attempt, since the response status waits for it. */
    async page(datum: string, vanaf: number, aantal: number, cause: Cause, signal: AbortSignal): Promise<Page> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await limited((own) => page(datum, vanaf, aantal, own), cause, signal)
        } catch (error) {
          if (vanaf === 0 || attempt >= tries || !isTemporary(error)) throw error
          await waitUntilPassed(pauseAfter(attempt, error), now, signal)
        }
      }
    },
    /** The records of ids. An id that fails in the last attempt has an error as its record. */
    async records(ids: readonly string[], cause: Cause, signal: AbortSignal): Promise<ReadonlyMap<string, Outcome>> {
      const found = new Map<string, Outcome>()
      let wanted = ids
      for (let attempt = 1; wanted.length > 0; attempt += 1) {
        const asked = wanted
        const outcomes = await limited((own) => records(asked, own), cause, signal)
        for (const id of asked) found.set(id, outcomes.get(id) ?? null)
        wanted = asked.filter((id) => outcomes.get(id) instanceof Error)
        const failures = wanted.map((id) => outcomes.get(id))
        if (attempt >= tries || !failures.every(isTemporary)) break
        const [failure] = failures
        if (failure) await waitUntilPassed(pauseAfter(attempt, failure), now, signal)
      }
      return found
    }
  }
}

export type ExportSource = ReturnType<typeof createExportSource>

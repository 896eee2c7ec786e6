import { setTimeout } from 'node:timers/promises'
import { GatewayError } from '../errors.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import type { Page } from '../upstream/records.ts'

const firstPauseMs = 1000
const longestPauseMs = 60_000
// The clock can be changed, so a long pause checks it again after this time.
const longestSleepMs = 100

type Dependencies = {
  /** one page of VDAB's list of the vacancies published on a date, without the cache */
  page: (datum: string, vanaf: number, aantal: number, cause: Cause) => Promise<Page>
  /** the records of ids, without the cache; omits unknown ids, and never rejects */
  records: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
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

/** Waits until `now` has advanced by `ms`. Rejects when the signal aborts. */
const waitUntilPassed = async (ms: number, now: () => number, signal: AbortSignal) => {
  const until = now() + ms
  while (now() < until) await setTimeout(Math.min(longestSleepMs, until - now()), undefined, { signal })
}

/**
 * The access to VDAB for an export: lower priority than all other calls, with retries, and without filling the cache.
 */
export const createExportSource = ({ page, records, tries, now }: Dependencies) => {
  /** Runs the work as calls of an export, and counts them. */
  const counted = async <T>(work: (cause: Cause) => Promise<T>, cause: Cause): Promise<T> => {
    // Concurrent calls share one cause.
    const own: Cause = { ...cause, upstreamCalls: 0, isBackground: () => true, kind: 'export' }
    try {
      return await work(own)
    } finally {
      cause.upstreamCalls += own.upstreamCalls
    }
  }

  return {
    /** One page. Throws the last error. The first page has one attempt, since the response status waits for it. */
    async page(datum: string, vanaf: number, aantal: number, cause: Cause, signal: AbortSignal): Promise<Page> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await counted((own) => page(datum, vanaf, aantal, own), cause)
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
        const outcomes = await counted((own) => records(asked, own), cause)
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

import { GatewayError } from '../errors.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import type { Page } from '../upstream/records.ts'
import type { RateLimiter } from './rateLimiter.ts'

const firstPauseMs = 1000
const longestPauseMs = 60_000

type Dependencies = {
  /** one page of VDAB's list of what is published on a day, past the cache */
  page: (datum: string, vanaf: number, aantal: number, cause: Cause) => Promise<Page>
  /** the records of ids, past the cache; leaves out what VDAB does not know, and never rejects */
  records: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
  rateLimiter: RateLimiter
  /** how often a question is asked before it counts as failed */
  tries: number
}

/** What passes by itself: not a refusal of the key, and not a question that VDAB cannot answer. */
const mayPass = (error: unknown): error is GatewayError =>
  error instanceof GatewayError &&
  ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code)

const pauseAfter = (attempt: number, { retryAfter = 0 }: { retryAfter?: number | undefined }) =>
  Math.max(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)), retryAfter * 1000)

/** VDAB for whoever reads all of it: at a pace, again when it fails, and without filling the cache that others live by. */
export const createExportSource = ({ page, records, rateLimiter, tries }: Dependencies) => {
  /** One turn, and what it took beyond one call is owed. */
  const paced = async <T>(work: (cause: Cause) => Promise<T>, cause: Cause, signal: AbortSignal): Promise<T> => {
    await rateLimiter.turn(signal)
    const own: Cause = { ...cause, upstreamCalls: 0, isBackground: () => true } // several run at once for one cause
    try {
      return await work(own)
    } finally {
      cause.upstreamCalls += own.upstreamCalls
      rateLimiter.owe(Math.max(0, own.upstreamCalls - 1))
    }
  }

  return {
    /** One page; throws what befell it at the last try. Somebody still waits for a status with the first one: it is asked once. */
    async page(datum: string, vanaf: number, aantal: number, cause: Cause, signal: AbortSignal): Promise<Page> {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await paced((own) => page(datum, vanaf, aantal, own), cause, signal)
        } catch (error) {
          if (vanaf === 0 || attempt >= tries || !mayPass(error)) throw error
          await rateLimiter.wait(pauseAfter(attempt, error), signal)
        }
      }
    },
    /** The records of ids; those that still fail at the last try have their error. */
    async records(ids: readonly string[], cause: Cause, signal: AbortSignal): Promise<ReadonlyMap<string, Outcome>> {
      const found = new Map<string, Outcome>()
      let wanted = ids
      for (let attempt = 1; wanted.length > 0; attempt += 1) {
        const asked = wanted
        const outcomes = await paced((own) => records(asked, own), cause, signal)
        for (const id of asked) found.set(id, outcomes.get(id) ?? null)
        const failures = asked.flatMap((id) => {
          const outcome = outcomes.get(id)
          return outcome instanceof Error ? [outcome] : []
        })
        const [failure] = failures
        if (!failure || attempt >= tries || !failures.every(mayPass)) break
        wanted = asked.filter((id) => outcomes.get(id) instanceof Error)
        await rateLimiter.wait(pauseAfter(attempt, mayPass(failure) ? failure : {}), signal)
      }
      return found
    }
  }
}

export type ExportSource = ReturnType<typeof createExportSource>

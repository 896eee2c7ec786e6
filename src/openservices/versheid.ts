import type { Freshness } from '../vdab/freshness.ts'

type Options = {
  /** may the client itself keep the answer for its fresh time? */
  isKept: boolean
  /** for how long at most, in ms: a client is not told of what VDAB changes */
  longestMs: number
  /** did the consumer ask for a fresher answer? */
  isFresherAsked: boolean
}

/** Whole seconds. */
export const inSeconds = (ms: number) => Math.floor(ms / 1000)

/** Keys say who asks, and an answer holds what that consumer may see; CORS needs origin. */
export const vary = 'origin, x-api-key, x-ibm-client-id, authorization, accept-encoding'

/** The seconds that a client may keep an answer, counted from the moment of Age. */
export const lifeOf = (oldestMs: number, leastLeftMs: number, longestMs: number) =>
  inSeconds(oldestMs + Math.min(leastLeftMs, longestMs))
/** The same as a value of Cache-Control. */
export const lifetimeOf = (...times: Parameters<typeof lifeOf>) => `private, max-age=${lifeOf(...times)}`

/**
 * How old an answer is, in HTTP's own words: Age, Cache-Control (RFC 9111) and Cache-Status (RFC 9211). Of an answer
 * made of several parts the oldest counts, and the one with the least fresh time left; `max-age` counts from the same
 * moment as Age.
 */
export const versheidHeaders = (
  versheid: Freshness,
  { isKept, longestMs, isFresherAsked }: Options
): Readonly<Record<string, string>> => {
  const figures = versheid.figures()
  if (!figures) return {}
  const { oldestMs, leastLeftMs, hits, misses, joins } = figures
  const [stale] = versheid.stale()
  const isForwarded = misses + joins > 0
  const age = inSeconds(oldestMs)
  const how = stale
    ? `${isForwarded ? 'fwd=stale' : 'hit'}; ttl=${inSeconds(leastLeftMs)}; detail=${stale.reden}`
    : isForwarded
      ? `fwd=${isFresherAsked ? 'request' : 'miss'}${misses === 0 ? '; collapsed' : leastLeftMs > 0 ? '; stored' : ''}`
      : `hit; ttl=${inSeconds(leastLeftMs)}`
  return {
    ...(hits > 0 || stale ? { age: String(age) } : {}),
    ...(isKept && (stale || leastLeftMs > 0)
      ? { 'cache-control': stale ? 'private, no-cache' : lifetimeOf(oldestMs, leastLeftMs, longestMs), vary }
      : {}),
    'cache-status': `vdab-gateway; ${how}`
  }
}

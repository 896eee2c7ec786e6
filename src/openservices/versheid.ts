import type { Freshness } from '../vdab/freshness.ts'

type Options = {
  /** may the client cache the response while it is fresh? */
  isKept: boolean
  /** the maximum for that, in ms: a client is not notified when VDAB changes a record */
  longestMs: number
  /** did the request ask for a fresher response? */
  isFresherAsked: boolean
}

/** Whole seconds. */
export const inSeconds = (ms: number) => Math.floor(ms / 1000)

/** A response depends on the consumer, whose key can be in one of three headers; CORS needs `origin`. */
export const vary = 'origin, x-api-key, x-ibm-client-id, authorization, accept-encoding'

/** The value of Cache-Control: how long a client may cache a response, counted from the time of Age. */
export const lifetimeOf = (oldestMs: number, leastLeftMs: number, longestMs: number) =>
  `private, max-age=${inSeconds(oldestMs + Math.min(leastLeftMs, longestMs))}`

/**
 * The age of a response as HTTP headers: Age, Cache-Control (RFC 9111) and Cache-Status (RFC 9211). A response made of
 * several parts has the age of the oldest part, and the fresh time of the part with the least; `max-age` counts from
 * the same time as Age.
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

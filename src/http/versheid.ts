import type { Freshness } from '../vdab/freshness.ts'

type Options = {
  /** may caches store the response while it is fresh? */
  isKept: boolean
  /** the maximum time for that, in ms: a cache is not notified when VDAB changes a record */
  longestMs: number
  /** did the request ask for a fresher response? */
  isFresherAsked: boolean
}

/** The longest time, in ms, that a cache may store a response that VDAB can change at any moment. */
export const shortMs = 30_000

/** Whole seconds. */
export const inSeconds = (ms: number) => Math.floor(ms / 1000)

/** A response depends on the consumer, whose key can be in one of three headers; CORS needs `origin`. */
export const vary = 'origin, x-api-key, x-ibm-client-id, authorization, accept, accept-encoding'
/** The Cache-Control of a response that needs a key and must not be stored. */
export const notStored = 'private, no-store'

/**
 * How long caches may store a response, with `max-age` counted from the time of Age. `public` also lets a shared cache
 * store the response to a request with Authorization (RFC 9111, 3.5); Vary separates it by key. A shared cache is not
 * notified when a key is withdrawn, so it stores everything for a short time only. nginx does not subtract Age, so it
 * gets the remaining time in a separate header, which it does not forward.
 */
export const lifetimeHeaders = (oldestMs: number, leastLeftMs: number, longestMs: number) => {
  const leftMs = Math.min(leastLeftMs, longestMs)
  const sharedMs = Math.min(leftMs, shortMs)
  const shared = sharedMs < leftMs ? `, s-maxage=${inSeconds(oldestMs + sharedMs)}` : ''
  return {
    'cache-control': `public, max-age=${inSeconds(oldestMs + leftMs)}${shared}`,
    'x-accel-expires': String(inSeconds(sharedMs))
  }
}

/**
 * The age of a response as HTTP headers: Age, Cache-Control (RFC 9111) and Cache-Status (RFC 9211). A response of
 * several parts has the age of the oldest part, and the shortest fresh time of its parts; `max-age` counts from the
 * same time as Age.
 */
export const versheidHeaders = (
  versheid: Pick<Freshness, 'figures' | 'stale'>,
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
    ...(isKept && stale ? { 'cache-control': 'no-cache' } : {}),
    ...(isKept && !stale && leastLeftMs > 0 ? lifetimeHeaders(oldestMs, leastLeftMs, longestMs) : {}),
    'cache-status': `vdab-gateway; ${how}`
  }
}

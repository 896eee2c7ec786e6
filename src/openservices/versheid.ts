import type { Freshness } from '../vdab/freshness.ts'

type Options = {
  /** may the client itself keep the answer for its fresh time? */
  isKept: boolean
  /** for how long at most, in ms: a client is not told of what VDAB changes */
  longestMs: number
  /** did the consumer ask for a fresher answer? */
  isFresherAsked: boolean
}

const inSeconds = (ms: number) => Math.floor(ms / 1000)

// Keys say who asks, and an answer holds what that one may see; origin is what CORS has there.
const vary = 'origin, x-api-key, x-ibm-client-id, authorization, accept-encoding'

const lifeOf = (oldestMs: number, leastLeftMs: number, longestMs: number) =>
  inSeconds(oldestMs + Math.min(leastLeftMs, longestMs))
const lifetimeOf = (...times: Parameters<typeof lifeOf>) => `private, max-age=${lifeOf(...times)}`

type Ages = { ageMs: number; leftMs: number }
const ofKept = ({ ageMs, leftMs }: Ages, longestMs: number) => ({
  age: String(inSeconds(ageMs)),
  'cache-control': lifetimeOf(ageMs, leftMs, longestMs),
  'cache-status': `vdab-gateway; hit; ttl=${inSeconds(leftMs)}`
})

/** The same as `versheidHeaders` for an answer that was kept whole, and may be kept by the client. */
export const versheidOfKept = (ages: Ages, longestMs: number): Readonly<Record<string, string>> => ({
  ...ofKept(ages, longestMs),
  vary
})

/** What of these is of this moment, as lines of a head; the lines of the last second are given again within it. */
export const versheidLines = (longestMs: number) => {
  let [age, left, life, lines] = [-1, -1, -1, '']
  return (ages: Ages): string => {
    const [ageNow, leftNow, lifeNow] = [
      inSeconds(ages.ageMs),
      inSeconds(ages.leftMs),
      lifeOf(ages.ageMs, ages.leftMs, longestMs)
    ]
    if (ageNow === age && leftNow === left && lifeNow === life) return lines
    const headers = ofKept(ages, longestMs)
    ;[age, left, life, lines] = [
      ageNow,
      leftNow,
      lifeNow,
      `age: ${headers.age}\r\ncache-control: ${headers['cache-control']}\r\ncache-status: ${headers['cache-status']}\r\n`
    ]
    return lines
  }
}

/**
 * How old an answer is, in HTTP's own words: Age, Cache-Control (RFC 9111) and Cache-Status (RFC 9211). Of an answer made of
 * several parts the oldest counts, and the one with the least fresh time left; `max-age` counts from the same moment as Age.
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

import { inSeconds, lifeOf, lifetimeOf, vary } from '../openservices/versheid.ts'

type Ages = { ageMs: number; leftMs: number }
const ofKept = ({ ageMs, leftMs }: Ages, longestMs: number) => ({
  age: String(inSeconds(ageMs)),
  'cache-control': lifetimeOf(ageMs, leftMs, longestMs),
  'cache-status': `vdab-gateway; hit; ttl=${inSeconds(leftMs)}`
})

/** The headers of `versheidHeaders`, for a stored answer. */
export const headersOfKept = (ages: Ages, longestMs: number): Readonly<Record<string, string>> => ({
  ...ofKept(ages, longestMs),
  vary
})

/** Those of these headers that change with time, as text with CRLF, formatted once per second. */
export const linesOfKept = (longestMs: number) => {
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
      `age: ${headers.age}\r\ncache-control: ${headers['cache-control']}\r\n` +
        `cache-status: ${headers['cache-status']}\r\n`
    ]
    return lines
  }
}

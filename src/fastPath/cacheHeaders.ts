import { inSeconds, lifetimeHeaders } from '../http/versheid.ts'

type Ages = { ageMs: number; leftMs: number }

/** The headers of `versheidHeaders`, for a cached answer. */
export const headersOfCached = ({ ageMs, leftMs }: Ages, longestMs: number): Readonly<Record<string, string>> => ({
  age: String(inSeconds(ageMs)),
  ...lifetimeHeaders(ageMs, leftMs, longestMs),
  'cache-status': `vdab-gateway; hit; ttl=${inSeconds(leftMs)}`
})

/** The same headers as text with CRLF. */
export const linesOfCached =
  (longestMs: number) =>
  ({ ageMs, leftMs }: Ages): string => {
    const { 'cache-control': cacheControl, 'x-accel-expires': expires } = lifetimeHeaders(ageMs, leftMs, longestMs)
    return (
      `age: ${inSeconds(ageMs)}\r\ncache-control: ${cacheControl}\r\nx-accel-expires: ${expires}\r\n` +
      `cache-status: vdab-gateway; hit; ttl=${inSeconds(leftMs)}\r\n`
    )
  }

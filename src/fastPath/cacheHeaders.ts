import { inSeconds, lifetimeOf, vary } from '../openservices/versheid.ts'

type Ages = { ageMs: number; leftMs: number }

/** The headers of `versheidHeaders`, for a cached answer. */
export const headersOfCached = ({ ageMs, leftMs }: Ages, longestMs: number): Readonly<Record<string, string>> => ({
  age: String(inSeconds(ageMs)),
  'cache-control': lifetimeOf(ageMs, leftMs, longestMs),
  'cache-status': `vdab-gateway; hit; ttl=${inSeconds(leftMs)}`,
  vary
})

/** Those of these headers that change with time, as text with CRLF. */
export const linesOfCached =
  (longestMs: number) =>
  ({ ageMs, leftMs }: Ages): string =>
    `age: ${inSeconds(ageMs)}\r\ncache-control: ${lifetimeOf(ageMs, leftMs, longestMs)}\r\n` +
    `cache-status: vdab-gateway; hit; ttl=${inSeconds(leftMs)}\r\n`

import type { IncomingHttpHeaders } from 'node:http'
import type { Consumer } from './consumers.ts'

const seconds = /^(?:(\d+)|"(\d+)")$/
const longest = 2 ** 31

/** The directives of a Cache-Control header; a comma inside quotes is not a separator. */
const directivesOf = (header: string): readonly (readonly [name: string, value: string | undefined])[] =>
  (header.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? []).map((directive) => {
    const [name = '', value] = directive.split(/=(.*)/s)
    return [name.trim().toLowerCase(), value?.trim()]
  })

/**
 * The largest age of an answer, in ms, that a request accepts by `cache-control: max-age=N` or `no-cache` (0);
 * undefined = the cache policy decides. The smallest value counts, and malformed directives are ignored (RFC 9111). A
 * fresher answer costs a call of VDAB's quota, so the header needs the scope `beheer`; without that scope it is
 * ignored.
 */
export const maxAgeOf = ({ scopes }: Consumer, headers: IncomingHttpHeaders): number | undefined => {
  const { upgrade, 'cache-control': header } = headers
  // A browser sends `no-cache` in each WebSocket handshake, so it says nothing about the operations that follow.
  if (header === undefined || upgrade !== undefined || !scopes.has('beheer')) return undefined
  const ages = directivesOf(header).flatMap(([name, value]) => {
    if (name === 'no-cache' && value === undefined) return [0]
    const [, bare, quoted] = name === 'max-age' ? (seconds.exec(value ?? '') ?? []) : []
    const given = bare ?? quoted
    return given === undefined ? [] : [Math.min(Number(given), longest) * 1000]
  })
  return ages.length === 0 ? undefined : Math.min(...ages)
}

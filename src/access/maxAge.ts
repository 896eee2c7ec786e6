import type { IncomingHttpHeaders } from 'node:http'
import type { Consumer } from './consumers.ts'

const seconds = /^(?:(\d+)|"(\d+)")$/
const longest = 2 ** 31

/** The directives of a Cache-Control header; commas within quotes do not part them. */
const directivesOf = (header: string): readonly (readonly [name: string, value: string | undefined])[] =>
  (header.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g) ?? []).map((directive) => {
    const [name = '', value] = directive.split(/=(.*)/s)
    return [name.trim().toLowerCase(), value?.trim()]
  })

/**
 * How old, in ms, an answer may be at most for whoever asks by `cache-control: max-age=N` or `no-cache` (0); undefined when
 * it may be as old as the policy has it. The least counts, malformed directives do not (RFC 9111). Every fresher answer is a
 * call on VDAB's plan, so it takes the scope `beheer`; from others the header is no more than advice, which is not followed.
 */
export const maxAgeOf = (
  { scopes }: Consumer,
  { upgrade, 'cache-control': header }: IncomingHttpHeaders
): number | undefined => {
  // A browser writes `no-cache` into each handshake of a WebSocket, whatever is asked over it later.
  if (header === undefined || upgrade !== undefined || !scopes.has('beheer')) return undefined
  const ages = directivesOf(header).flatMap(([name, value]) => {
    if (name === 'no-cache' && value === undefined) return [0]
    const [, bare, quoted] = name === 'max-age' ? (seconds.exec(value ?? '') ?? []) : []
    const given = bare ?? quoted
    return given === undefined ? [] : [Math.min(Number(given), longest) * 1000]
  })
  return ages.length === 0 ? undefined : Math.min(...ages)
}

import type { PreparedRow } from './prepare.ts'

/** Links a deprecated row to its replacement (RFC 9745, RFC 8594). */
export const deprecationOf = ({ deprecated }: PreparedRow): Readonly<Record<string, string>> =>
  deprecated
    ? {
        deprecation: `@${Math.floor(deprecated.since.getTime() / 1000)}`,
        sunset: deprecated.sunset.toUTCString(),
        link: `<${deprecated.link}>; rel="deprecation"; type="text/html"`
      }
    : {}

/** The headers of a page; its links are added to the link of a deprecated row. */
export const withLinks = ({ link }: Readonly<Record<string, string>>, page: Readonly<Record<string, string>>) => ({
  ...page,
  link: [link ?? [], page['link'] ?? []].flat().join(', ')
})

/** The prefixes of VDAB's own paths, including its token service. Clients expect errors in IBM's format there. */
export const vdabPrefixes = ['/services', '/isam'] as const

/** Is this one of VDAB's paths, whether a route exists or not? */
export const isVdabPath = (url: string): boolean =>
  vdabPrefixes.some((prefix) => url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`))

const records = ['/v2/vacatures', '/v1/kandidaten', String.raw`(-test)?/vacatures/v4(\.\d{1,3}\.\d{1,3})?/vacatures`]
const detailPaths = new RegExp(String.raw`^/services/openservices(${records.join('|')})/[^/?]+/?(\?|$)`)
/** Is this VDAB's path of one record? */
export const isDetailPath = (url: string): boolean => detailPaths.test(url)

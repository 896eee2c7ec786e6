/** The prefixes of VDAB's own paths, with its token service. Its clients expect errors in IBM's format there. */
export const vdabPrefixes = ['/services', '/isam'] as const

/** Is this one of VDAB's paths, whether a route exists or not? */
export const isVdabPath = (url: string): boolean =>
  vdabPrefixes.some((prefix) => url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`))

const detailPaths = /^\/services\/openservices\/(v2\/vacatures|v1\/kandidaten)\/[^/?]+\/?(\?|$)/
/** Is this VDAB's path of one record? */
export const isDetailPath = (url: string): boolean => detailPaths.test(url)

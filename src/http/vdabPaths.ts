/** The addresses of VDAB's own begin so, those of its token service included: its clients find errors there in IBM's form. */
export const vdabPrefixes = ['/services', '/isam'] as const

/** Is this an address of VDAB's own, known here or not? */
export const isVdabPath = (url: string): boolean =>
  vdabPrefixes.some((prefix) => url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`))

const detailPaths = /^\/services\/openservices\/(v2\/vacatures|v1\/kandidaten)\/[^/?]+\/?(\?|$)/
/** Does this address ask for one record by an id? */
export const isDetailPath = (url: string): boolean => detailPaths.test(url)

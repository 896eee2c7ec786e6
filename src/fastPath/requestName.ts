import { hash } from 'node:crypto'

/** Longer names are kept as a hash. */
const longest = 300
/** Below it stand paths of VDAB's, which hold nothing but what VDAB takes. */
const ownPaths = '/services/openservices/'

const bounded = (name: string): string => (name.length > longest ? hash('sha256', name, 'base64') : name)

/**
 * Names a question: what is asked, and what of who asks decides how the answer's head looks. What is asked in GraphQL
 * may hold anything, so it stands in no name.
 */
export const nameOf = (url: string, who: string, body?: Buffer): string =>
  bounded(
    `${body ? hash('sha256', body, 'base64') : url.startsWith(ownPaths) ? url : hash('sha256', url, 'base64')} ${who}`
  )

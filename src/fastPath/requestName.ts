import { hash } from 'node:crypto'

/** A longer name is hashed. */
const maxLength = 300
/** VDAB's own paths contain no personal data. */
const ownPaths = '/services/openservices/'

const bounded = (name: string): string => (name.length > maxLength ? hash('sha256', name, 'base64') : name)

/**
 * The name of a request: its content and its `audience`, which together determine the head of the answer. A GraphQL
 * request can contain anything, so its name contains only its hash.
 */
export const nameOf = (url: string, audience: string, body?: Buffer): string => {
  const isPlain = body === undefined && url.startsWith(ownPaths)
  return bounded(`${isPlain ? url : hash('sha256', body ?? url, 'base64')} ${audience}`)
}

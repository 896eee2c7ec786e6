import { randomUUID } from 'node:crypto'

const accepted = /^[\w.-]{1,64}$/

/**
 * The request id: the client's `x-request-id` when it is 1 to 64 letters, digits, dots, dashes or underscores, so that
 * a request can be traced through several services; otherwise a new UUID (RFC 9562, section 5.4).
 */
export const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === 'string' && accepted.test(given) ? given : randomUUID()

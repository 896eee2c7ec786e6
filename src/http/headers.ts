import type { IncomingMessage } from 'node:http'

/** Most header lines of one request. More are refused with 431: Node drops what is beyond its own limit, a second key for example. */
export const maxHeaders = 1000

/** Has this request more header lines than are read? Node must be told to keep one line more than `maxHeaders`. */
export const hasTooManyHeaders = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean =>
  rawHeaders.length > 2 * maxHeaders

import type { IncomingMessage } from 'node:http'

/** The maximum number of header lines; more get 431. Node drops lines beyond its own limit, such as a second key. */
export const maxHeaders = 1000

/** Does a request exceed `maxHeaders`? Node's own limit must be at least `maxHeaders + 1`. */
export const hasTooManyHeaders = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean =>
  rawHeaders.length > 2 * maxHeaders

import type { IncomingHttpHeaders } from 'node:http'
import { requireScope } from './authenticate.ts'
import type { Consumer } from './consumers.ts'

const off = new Set(['', '0', 'false'])

/**
 * Does the request ask how its answer is made, by `x-explain: 1`? Throws FORBIDDEN without the scope `beheer`: the
 * explanation tells of VDAB's quota and of requests of others.
 */
export const isExplained = ({ consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders }): boolean => {
  const { 'x-explain': given } = headers
  if (given === undefined || (typeof given === 'string' && off.has(given.toLowerCase()))) return false
  requireScope(consumer, 'beheer')
  return true
}

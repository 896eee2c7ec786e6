import type { IncomingHttpHeaders } from 'node:http'
import { requireScope } from './authenticate.ts'
import type { Consumer } from './consumers.ts'

const off = new Set(['', '0', 'false'])

/**
 * Does the request ask for an explanation, by `x-explain: 1`? Throws FORBIDDEN without the scope `beheer`: the
 * explanation shows VDAB's quota and requests of other consumers.
 */
export const isExplained = ({ consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders }): boolean => {
  const { 'x-explain': given } = headers
  if (given === undefined || (typeof given === 'string' && off.has(given.toLowerCase()))) return false
  requireScope(consumer, 'beheer')
  return true
}

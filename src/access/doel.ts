import type { IncomingHttpHeaders } from 'node:http'
import { badInput, GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

const shape = /^[\x20-\x7e]{1,200}$/

/**
 * Why a consumer reads CVs: the purpose fixed in its configuration, else what it names in `x-doel`. Throws FORBIDDEN when
 * there is none, and BAD_USER_INPUT when it is not one line of 1 to 200 ASCII
 * characters: it is written into the audit file, and headers have no other letters that all clients write alike.
 */
export const doelOf = ({ doel }: Consumer, headers: IncomingHttpHeaders): string => {
  if (doel !== undefined) return doel
  const given = headers['x-doel']
  if (given === undefined || given === '')
    throw new GatewayError('FORBIDDEN', 'Who reads CVs says why: name your purpose in the header x-doel.', {
      field: 'x-doel'
    })
  if (typeof given !== 'string' || !shape.test(given))
    throw badInput('x-doel', 'must be one line of 1 to 200 visible ASCII characters and spaces')
  return given
}

import type { IncomingHttpHeaders } from 'node:http'
import { badInput, GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

const shape = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u

/**
 * Why a consumer reads CVs: the purpose fixed in its configuration, else what it names in `x-doel`. Throws FORBIDDEN when
 * there is none, and BAD_USER_INPUT when it is not one line of 1 to 200 characters: it is written into the audit file.
 */
export const doelOf = ({ doel }: Consumer, headers: IncomingHttpHeaders): string => {
  if (doel !== undefined) return doel
  const given = headers['x-doel']
  if (given === undefined || given === '') throw new GatewayError('FORBIDDEN', 'Who reads CVs says why: name your purpose in the header x-doel.', { field: 'x-doel' })
  if (typeof given !== 'string' || !shape.test(given)) throw badInput('x-doel', 'must be one line of 1 to 200 characters')
  return given
}

import type { IncomingHttpHeaders } from 'node:http'
import { badInput, GatewayError } from '../errors.ts'
import type { Consumer } from './consumers.ts'

/** Clients of VDAB cannot add a header. */
const how =
  'name it in the header x-doel, or let the operator set one for your key (npm run keys -- add NAME --doel TEXT).'
const shape = /^[\x20-\x7e]{1,200}$/

/**
 * The purpose for which a consumer reads CVs: from its configuration, or from the header `x-doel`. Throws FORBIDDEN if
 * there is none, and BAD_USER_INPUT when it is not one line of 1 to 200 ASCII characters. It is written to the audit
 * log, and clients encode other characters in headers differently.
 */
export const doelOf = ({ doel }: Consumer, headers: IncomingHttpHeaders): string => {
  if (doel !== undefined) return doel
  const given = headers['x-doel']
  if (given === undefined || given === '')
    throw new GatewayError('FORBIDDEN', `Reading CVs needs a purpose: ${how}`, { field: 'x-doel' })
  if (typeof given !== 'string' || !shape.test(given))
    throw badInput('x-doel', 'must be one line of 1 to 200 visible ASCII characters and spaces')
  return given
}

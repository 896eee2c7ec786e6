import { GatewayError } from '../errors.ts'
import { likelyName } from '../formats/likelyName.ts'

const maxShown = 64

/** The BAD_USER_INPUT error for a name that does not exist, with the likely one. `prefix` precedes each name. */
export const unknownName = (field: string, name: string, allowed: readonly string[], prefix = ''): GatewayError => {
  const likely = likelyName(name.slice(prefix.length, prefix.length + maxShown), allowed)
  const shown = name.slice(0, maxShown)
  const what = field === name ? `${shown} is not a parameter here` : `${field} does not know ${shown}`
  const options = allowed.map((one) => `${prefix}${one}`)
  const hint = likely === undefined ? '.' : `: did you mean ${prefix}${likely}?`
  return new GatewayError('BAD_USER_INPUT', `${what}${hint}`, { field: field.slice(0, maxShown), allowed: options })
}

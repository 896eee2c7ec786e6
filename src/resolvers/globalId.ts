import { badInput } from '../errors.ts'

/** A global id of the schema: the type's name and VDAB's own id. */
export const toGlobalId = (type: string, id: string) => `${type}:${id}`

/** VDAB's id out of a global id of `type`, or out of a bare one. Throws BAD_USER_INPUT on a global id of another type. */
export const localId = (type: string, id: string, field = 'id'): string => {
  const [named, ...rest] = id.split(':')
  if (rest.length === 0) return id
  if (named !== type) throw badInput(field, `must be an id of a ${type}`)
  return rest.join(':')
}

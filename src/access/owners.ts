// Branches are objects of a cached record, and a record is of one person for good; a new record is a new object.
const owners = new WeakMap<object, string>()

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The cvId of the person that a record, or a branch of one, belongs to. */
export const ownerOf = (source: unknown): string | undefined => {
  if (!isObject(source)) return undefined
  const { cvId } = source
  return owners.get(source) ?? (typeof cvId === 'string' ? cvId : undefined) // a branch may have a cvId of its own
}

/** Notes whose a branch is, and each item of it where it is a list. */
export const setOwner = (value: unknown, person: string) => {
  if (!isObject(value)) return
  if (Array.isArray(value)) for (const item of value) setOwner(item, person)
  else owners.set(value, person)
}

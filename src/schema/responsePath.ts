/** A place in an answer, as GraphQL has it: the innermost key first. */
export type Path = { readonly key: string | number; readonly prev: Path | undefined }

/** The keys of a place without positions in lists: once per shape, whatever the length of a list. `extensions` name places so. */
export const pathWithoutIndexes = (path: Path | undefined): string => {
  const keys: string[] = []
  for (let at = path; at; at = at.prev) if (typeof at.key === 'string') keys.unshift(at.key)
  return keys.join('.')
}

/** A place in an answer, as GraphQL has it: the innermost key first. */
export type Path = { readonly key: string | number; readonly prev: Path | undefined }

/** The keys of a place without positions in lists: once per shape, whatever the length of a list. `extensions` name places so. */
export const shapeOf = (path: Path | undefined): string => {
  const keys: string[] = []
  // The compiled engine writes positions as strings; a field's name cannot begin with a digit.
  for (let at = path; at; at = at.prev) if (!/^\d+$/.test(String(at.key))) keys.unshift(String(at.key))
  return keys.join('.')
}

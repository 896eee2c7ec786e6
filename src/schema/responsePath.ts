/** A response path as in GraphQL's info.path: the innermost key first. */
export type Path = { readonly key: string | number; readonly prev: Path | undefined }

/** A response path as text without list indexes, as in `extensions`: all items of a list have the same path. */
export const pathWithoutIndexes = (path: Path | undefined): string => {
  const keys: string[] = []
  for (let at = path; at; at = at.prev) if (typeof at.key === 'string') keys.unshift(at.key)
  return keys.join('.')
}

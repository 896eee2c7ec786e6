export type Value = string | number | boolean | null | Value[] | Tree

export type Tree = { [name: string]: Value }

/** Is it a JSON object, and neither a list nor null? */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a dotted path, undefined if a member is missing. */
export const branch = (tree: Tree, path: string): Value | undefined => {
  let value: Value | undefined = tree
  for (const name of path.split('.')) value = isTree(value) ? value[name] : undefined
  return value
}

/** The string at a path, as a list of zero or one items. */
export const textAt = (tree: Tree, path: string) => {
  const value = branch(tree, path)
  return typeof value === 'string' ? [value] : []
}

/** The list at a path, empty when it is missing. */
export const listAt = (tree: Tree, path: string): Value[] => {
  const value = branch(tree, path)
  return Array.isArray(value) ? value : []
}

/** The object without undefined members: VDAB leaves a member out instead of sending null. */
export const present = (tree: { [name: string]: Value | undefined }): Tree => {
  const kept: Tree = {}
  for (const [name, value] of Object.entries(tree)) if (value !== undefined) kept[name] = value
  return kept
}

/** The object, with its missing members taken from another object. */
export const complete = (tree: Tree, other: Tree): Tree => {
  const whole = new Map(Object.entries(tree))
  for (const [name, value] of Object.entries(other)) {
    const own = whole.get(name)
    if (own === undefined) whole.set(name, value)
    else if (isTree(own) && isTree(value)) whole.set(name, complete(own, value))
  }
  return Object.fromEntries(whole)
}

/** JSON Merge Patch (RFC 7396): objects merge, null removes, everything else replaces. */
export const merge = (tree: Tree, patch: Tree): Tree => {
  // A Map: assigning a key named __proto__ to an object would change its prototype.
  const merged = new Map(Object.entries(tree))
  for (const [name, value] of Object.entries(patch)) {
    const old = merged.get(name)
    if (value === null) merged.delete(name)
    else if (isTree(value)) merged.set(name, merge(isTree(old) ? old : {}, value))
    else merged.set(name, value)
  }
  return Object.fromEntries(merged)
}

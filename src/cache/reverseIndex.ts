/**
 * The keys of the entries that contain a member, such as the id of a record. The cache removes the members of each
 * entry that leaves.
 */
export const createReverseIndex = () => {
  const keysOf = new Map<string, Set<string>>()
  return {
    add(key: string, members: readonly string[]) {
      for (const member of members) {
        const keys = keysOf.get(member)
        if (keys) keys.add(key)
        else keysOf.set(member, new Set([key]))
      }
    },
    remove(key: string, members: readonly string[]) {
      for (const member of members) {
        const keys = keysOf.get(member)
        if (keys?.delete(key) && keys.size === 0) keysOf.delete(member)
      }
    },
    /** The keys of a member, as a copy: the caller may remove them while it iterates. */
    keysOf: (member: string): readonly string[] => [...(keysOf.get(member) ?? [])],
    /** The number of members. */
    size: () => keysOf.size
  }
}

/**
 * Which keys hold a member: the way back from a thing that changed to every answer that shows it. It holds what the tier
 * holds and no more, as long as it is told of everything that leaves the tier.
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
    /** The keys under which a member stands now; a list of its own, so that they may be forgotten while it is read. */
    keysOf: (member: string): readonly string[] => [...(keysOf.get(member) ?? [])],
    /** How many members are known. */
    size: () => keysOf.size
  }
}

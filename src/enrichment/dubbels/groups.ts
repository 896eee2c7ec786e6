/** A number takes no memory of its own. */
type Key = string | number

/** Sets of ids by key, which vanish with their last id. Most hold one id, kept without a Set: a sixth of the memory. */
export const createGroups = () => {
  const groups = new Map<Key, string | Set<string>>()
  return {
    of: (key: Key): readonly string[] => {
      const group = groups.get(key) ?? []
      return typeof group === 'string' ? [group] : [...group]
    },
    add: (key: Key, id: string) => {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, id)
      else if (typeof group !== 'string') group.add(id)
      else if (group !== id) groups.set(key, new Set([group, id]))
    },
    delete: (key: Key, id: string) => {
      const group = groups.get(key)
      if (group === id) groups.delete(key)
      else if (typeof group === 'object') {
        group.delete(id)
        if (group.size === 0) groups.delete(key)
      }
    }
  }
}

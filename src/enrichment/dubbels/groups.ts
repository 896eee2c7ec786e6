/** A small number takes no extra memory. */
type Key = string | number

/** Sets of ids by key; an empty set is removed. Most have one id, stored without a Set in a sixth of the memory. */
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

/** What one request saw of people: the paths that stayed hidden, and for each person the groups that were shown. */
export const createPersonal = () => {
  const hidden = new Set<string>()
  const shown = new Map<string, Set<string>>()
  return {
    /** Notes a path that the consumer may not see, without list indexes: once per shape. */
    hide: (path: string) => { hidden.add(path) },
    /** Notes that something of a group (named by its scope) was shown of a person. */
    show: (cvId: string, group: string) => {
      const person = cvId.toLowerCase()
      const groups = shown.get(person)
      if (groups) groups.add(group)
      else shown.set(person, new Set([group]))
    },
    hidden: (): readonly string[] => [...hidden],
    shown: (): ReadonlyMap<string, ReadonlySet<string>> => shown
  }
}

export type Personal = ReturnType<typeof createPersonal>

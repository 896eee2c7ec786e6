const none: readonly string[] = []
const nobody: ReadonlyMap<string, ReadonlySet<string>> = new Map()

/** What one request saw of people: the paths that stayed hidden, and for each person the groups that were shown. */
export const createPersonal = () => {
  // Most requests meet nobody.
  let hidden: Set<string> | undefined
  let shown: Map<string, Set<string>> | undefined
  return {
    /** Notes a path that the consumer may not see, without list indexes: once per shape. */
    hide: (path: string) => {
      ;(hidden ??= new Set()).add(path)
    },
    /** Notes that something of a group (named by its scope) was shown of a person. */
    show: (cvId: string, group: string) => {
      const person = cvId.toLowerCase()
      shown ??= new Map()
      const groups = shown.get(person)
      if (groups) groups.add(group)
      else shown.set(person, new Set([group]))
    },
    hidden: (): readonly string[] => (hidden ? [...hidden] : none),
    shown: (): ReadonlyMap<string, ReadonlySet<string>> => shown ?? nobody
  }
}

export type Personal = ReturnType<typeof createPersonal>

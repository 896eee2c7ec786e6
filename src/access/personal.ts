const none: readonly string[] = []
const noneShown: ReadonlyMap<string, ReadonlySet<string>> = new Map()

/**
 * The reason why a field is hidden: the consumer lacks a scope, VDAB's value fits no type, or no person is known for
 * it.
 */
export type HiddenWhy = { readonly reason: 'SCOPE' | 'SHAPE' | 'NO_PERSON'; readonly scope?: string | undefined }

/** Collects the personal data of one request: the paths that were hidden, and per person the scopes that were shown. */
export const createPersonal = () => {
  // Most requests read no personal data, so the collections are created on demand.
  let hidden: Map<string, HiddenWhy> | undefined
  let shown: Map<string, Set<string>> | undefined
  return {
    /** Adds a path, without list indexes, that the consumer may not see. */
    hide: (path: string, why: HiddenWhy) => {
      hidden ??= new Map()
      if (!hidden.has(path)) hidden.set(path, why)
    },
    /** Adds the scope of a field that was shown of a person. */
    show: (cvId: string, scope: string) => {
      const person = cvId.toLowerCase()
      shown ??= new Map()
      const scopes = shown.get(person)
      if (scopes) scopes.add(scope)
      else shown.set(person, new Set([scope]))
    },
    hidden: (): readonly string[] => (hidden ? [...hidden.keys()] : none),
    /** The first reason why a path was hidden. */
    hiddenWhy: (path: string): HiddenWhy | undefined => hidden?.get(path),
    shown: (): ReadonlyMap<string, ReadonlySet<string>> => shown ?? noneShown
  }
}

export type Personal = ReturnType<typeof createPersonal>

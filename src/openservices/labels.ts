import type { LijstName } from '../upstream/lijsten.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'

/**
 * The labels of codes for one response. `of` is synchronous: it records a code whose label is not known yet. `load`
 * then fetches the labels of all recorded codes, and the writer runs again.
 */
export const createLabels = (vdab: VdabForRequest) => {
  const { label } = vdab.at()
  const known = new Map<string, string | undefined>()
  const waiting: Promise<unknown>[] = []
  return {
    /** The label; undefined when the list has none, or is not fetched yet. */
    of: (lijst: LijstName, code: string): string | undefined => {
      const key = `${lijst} ${code}`
      if (known.has(key)) return known.get(key)
      const found = label(lijst, code)
      const set = (value: string | null) => known.set(key, value ?? undefined)
      if (found instanceof Promise) {
        known.set(key, undefined)
        waiting.push(found.then(set))
      } else set(found)
      return known.get(key)
    },
    /** Resolves to whether labels were fetched. Rejects when VDAB does not return a list. */
    load: async (): Promise<boolean> => (await Promise.all(waiting)).length > 0
  }
}

export type Labels = ReturnType<typeof createLabels>

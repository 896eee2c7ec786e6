import type { GeoName } from './geonames.ts'
import { nameKey } from './names.ts'
import { provincieOfNis } from './provincies.ts'
import { misleading, refnis, replacedNis } from './refnis.ts'

/** A municipality of Belgium. `nisCode` is null where the code that holds now is not known with certainty. */
export type Gemeente = {
  nisCode: string | null
  gemeente: string
  provincie: string | undefined
  /** the centre of its largest place; undefined when GeoNames lists none */
  centrum: { breedte: number; lengte: number } | undefined
}

/**
 * Finds municipalities by name: in Dutch or in the local language, in any case, and by the names from before a merger.
 * A name that several municipalities have (Nieuwerkerken) is found with its province only.
 */
export const createGemeenten = (geoNames: readonly GeoName[]) => {
  const known = new Map<string, Gemeente>()
  const byName = new Map<string, Set<Gemeente>>()
  const add = (name: string, gemeente: Gemeente) => {
    const key = nameKey(name)
    byName.set(key, (byName.get(key) ?? new Set()).add(gemeente))
  }
  for (const { nisCode, gemeente, names } of refnis) {
    const row: Gemeente = { nisCode, gemeente, provincie: provincieOfNis(nisCode), centrum: undefined }
    known.set(nisCode, row)
    for (const name of names) add(name, row)
  }
  // The largest place of a municipality comes first: it gives the name and the centre.
  for (const place of [...geoNames].sort((one, other) => other.population - one.population)) {
    const { name, nisCode: old, breedte, lengte } = place
    if (misleading.has(`${old} ${name}`)) continue
    const nisCode = replacedNis[old] ?? old
    const key = nisCode || old
    const row = known.get(key) ?? {
      nisCode: nisCode || null,
      gemeente: name,
      provincie: provincieOfNis(key),
      centrum: undefined
    }
    row.centrum ??= { breedte, lengte }
    known.set(key, row)
    add(name, row)
  }
  return {
    /** undefined when the name is unknown, or several municipalities have it and the province does not decide */
    find: (name: string, provincie?: string): Gemeente | undefined => {
      const all = [...(byName.get(nameKey(name)) ?? [])]
      const within = all.filter((gemeente) => provincie === undefined || gemeente.provincie === provincie)
      return within.length === 1 ? within[0] : all.length === 1 && provincie === undefined ? all[0] : undefined
    }
  }
}

export type Gemeenten = ReturnType<typeof createGemeenten>

import type { GeoName } from './geonames.ts'
import { nameKey } from './names.ts'
import { provincieOfNis } from './provincies.ts'
import { misleading, refnis, replacedNis } from './refnis.ts'

/** A municipality of Belgium. `nisCode` is null if its current code is not certain. */
export type Gemeente = {
  nisCode: string | null
  gemeente: string
  provincie: string | undefined
  /** the centre of its largest place; undefined if GeoNames lists none */
  centrum: { breedte: number; lengte: number } | undefined
}

/**
 * Finds municipalities by name, case-insensitively: in Dutch, in the local language, and by names from before a merger.
 * A name of several municipalities (Nieuwerkerken) is found only with its province.
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
  // The largest place of a municipality comes first, because the name and the centre come from it.
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
    /** undefined if the name is unknown or contradicts the province, or if several municipalities match */
    find: (name: string, provincie?: string): Gemeente | undefined => {
      const all = [...(byName.get(nameKey(name)) ?? [])]
      const within = all.filter((gemeente) => provincie === undefined || gemeente.provincie === provincie)
      return within.length === 1 ? within[0] : all.length === 1 && provincie === undefined ? all[0] : undefined
    }
  }
}

export type Gemeenten = ReturnType<typeof createGemeenten>

import { around } from 'geokdbush'
import KDBush from 'kdbush'
import type { Punt } from './postcodes.ts'

/** A vacancy in the index, with the values that filters test. */
type Entry<V> = {
  readonly id: string
  readonly punt: Punt
  waarden: V
  /** its number in the tree; -1 = not in the tree */
  slot: number
}
/** One page of a search: the total number, and the ids of the page with their distances in kilometres. */
export type Near = { readonly totaal: number; readonly items: readonly { readonly id: string; readonly km: number }[] }
type Window = { vanaf: number; aantal: number }

const earthRadiusKm = 6371
const radians = Math.PI / 180
/** the number of changes before a rebuild; a rebuild of 200,000 entries takes some 50 ms */
const minChanges = 1000

type Vector = readonly [x: number, y: number, z: number]
const unitVector = ({ breedte, lengte }: Punt): Vector => {
  const [phi, lambda] = [breedte * radians, lengte * radians]
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)]
}

/** The squared chord between two points of the unit sphere. It increases with the distance, and needs no sine. */
const chord2 = (vectors: Float64Array, slot: number, [x, y, z]: Vector) => {
  const at = slot * 3
  return ((vectors[at] ?? 0) - x) ** 2 + ((vectors[at + 1] ?? 0) - y) ** 2 + ((vectors[at + 2] ?? 0) - z) ** 2
}
const kmOf = (chordSquared: number) => 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(chordSquared) / 2))
const chord2Of = (km: number) => (2 * Math.sin(Math.min(km / earthRadiusKm / 2, Math.PI / 2))) ** 2

/** The bounding box of a circle, in degrees. Not for circles that touch a pole or the date line. */
const boxOf = ({ breedte, lengte }: Punt, km: number) => {
  const high = km / earthRadiusKm / radians + 1e-9
  const wide = Math.asin(Math.min(1, Math.sin(high * radians) / Math.cos(breedte * radians))) / radians + 1e-9
  return [lengte - wide, breedte - high, lengte + wide, breedte + high] as const
}

/**
 * An index of points for searches by distance. A kdbush tree is immutable, so changes are stored separately. After a
 * thousand changes, or a tenth of all entries if that is more, the next search rebuilds the tree.
 */
export const createNearby = <V>({ max }: { max: number }) => {
  const entries = new Map<string, Entry<V>>()
  const recent = new Set<Entry<V>>()
  let inTree: (Entry<V> | undefined)[] = []
  let tree: KDBush | undefined
  let vectors = new Float64Array()
  /** 1 = the entry of this slot was removed. Bytes, because reading 50,000 objects would dominate the search time. */
  let isEmpty = new Uint8Array()
  /** per slot, the number of the last search that found it */
  let passed = new Uint32Array()
  /** per slot, its distance in that search, as a squared chord */
  let chords = new Float64Array()
  let searches = 0
  let gone = 0

  const build = () => {
    const all = [...entries.values()]
    tree = all.length === 0 ? undefined : new KDBush(all.length)
    for (const { punt } of all) tree?.add(punt.lengte, punt.breedte)
    tree?.finish()
    vectors = new Float64Array(all.length * 3)
    for (const [slot, entry] of all.entries()) {
      entry.slot = slot
      vectors.set(unitVector(entry.punt), slot * 3)
    }
    passed = new Uint32Array(all.length)
    chords = new Float64Array(all.length)
    isEmpty = new Uint8Array(all.length)
    inTree = all
    recent.clear()
    gone = 0
  }
  const remove = (id: string) => {
    const entry = entries.get(id)
    if (!entry) return
    entries.delete(id)
    if (recent.delete(entry)) return
    const { slot } = entry
    inTree[slot] = undefined
    isEmpty[slot] = 1
    gone += 1
  }
  /** The found slots of the tree: the nearest `wanted`, and all at the same distance as the last of them. */
  const nearestOf = (slots: readonly number[], centre: Punt, wanted: number) => {
    if (!tree || slots.length <= wanted) return slots
    const found = around(tree, centre.lengte, centre.breedte, wanted, Infinity, (slot) => passed[slot] === searches)
    // Many vacancies share the centre of a municipality, and equal distances need the same order on each page.
    const last = (chords[found.at(-1) ?? 0] ?? 0) + 1e-15
    return slots.filter((slot) => (chords[slot] ?? 0) <= last)
  }

  return {
    size: () => entries.size,
    /** Rebuilds the tree now, with all changes. */
    build,
    /** Adds or moves an entry. Above `max`, removes the entry that was added first. */
    set: (id: string, punt: Punt, waarden: V) => {
      const known = entries.get(id)
      if (known?.punt.breedte === punt.breedte && known.punt.lengte === punt.lengte) {
        known.waarden = waarden
        return
      }
      remove(id)
      const [oldest] = entries.size >= max ? entries.keys() : []
      if (oldest !== undefined) remove(oldest)
      const entry = { id, punt, waarden, slot: -1 }
      entries.set(id, entry)
      recent.add(entry)
    },
    delete: remove,
    clear: () => {
      entries.clear()
      build()
    },
    /** The entries within `km` of a point that `test` accepts, nearest first. */
    search: (centre: Punt, km: number, { vanaf, aantal }: Window, test?: (waarden: V) => boolean): Near => {
      if (recent.size + gone > Math.max(minChanges, entries.size / 10)) build()
      const from = unitVector(centre)
      const most = chord2Of(km)
      searches = (searches + 1) % 2 ** 32 || 1
      const slots: number[] = []
      for (const slot of tree?.range(...boxOf(centre, km)) ?? []) {
        const chord = chord2(vectors, slot, from)
        if (isEmpty[slot] === 1 || chord > most) continue
        if (test && !test((inTree[slot] as Entry<V>).waarden)) continue // only an empty slot has no entry
        passed[slot] = searches
        chords[slot] = chord
        slots.push(slot)
      }
      const added = [...recent]
        .map((entry) => ({ id: entry.id, chord: chord2(Float64Array.from(unitVector(entry.punt)), 0, from), entry }))
        .filter(({ chord, entry }) => chord <= most && (test === undefined || test(entry.waarden)))
      const wanted = vanaf + aantal
      const merged = nearestOf(slots, centre, wanted)
        .map((slot) => ({ id: inTree[slot]?.id ?? '', chord: chords[slot] ?? 0 }))
        .concat(added)
        .sort((one, other) => one.chord - other.chord || (one.id < other.id ? -1 : 1))
      const items = merged.slice(vanaf, wanted).map(({ id, chord }) => ({ id, km: kmOf(chord) }))
      return { totaal: slots.length + added.length, items }
    }
  }
}

export type Nearby<V> = ReturnType<typeof createNearby<V>>

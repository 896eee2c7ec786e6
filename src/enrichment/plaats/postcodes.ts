import type { Gemeente } from './gemeenten.ts'

/** A point on the map, in degrees of WGS 84. */
export type Punt = { readonly breedte: number; readonly lengte: number }
type Learned = { points: Punt[]; gemeenten: Set<Gemeente>; median: Punt | undefined }

const maxPoints = 32
/** fewer points may all come from one employer */
const minPoints = 3

const middle = (values: readonly number[]) => {
  const sorted = [...values].sort((one, other) => one - other)
  const at = sorted.length >> 1
  return ((sorted[at] ?? 0) + (sorted[sorted.length - 1 - at] ?? 0)) / 2
}

/**
 * A table of Belgian postcodes, learned from VDAB's records: the median of the last 32 coordinates, and the
 * municipality. VDAB publishes no such table.
 */
export const createPostcodes = () => {
  const learned = new Map<string, Learned>()
  const codesOf = new Map<Gemeente, Map<string, number>>()
  return {
    /** Learns from one record of VDAB. */
    note: (postcode: string, gemeente: Gemeente | undefined, punt: Punt | undefined) => {
      const known = learned.get(postcode) ?? { points: [], gemeenten: new Set(), median: undefined }
      learned.set(postcode, known)
      if (gemeente) {
        known.gemeenten.add(gemeente)
        const codes = codesOf.get(gemeente) ?? new Map<string, number>()
        codesOf.set(gemeente, codes.set(postcode, (codes.get(postcode) ?? 0) + 1))
      }
      if (!punt) return
      known.points.push(punt)
      if (known.points.length > maxPoints) known.points.shift()
      known.median = undefined
    },
    /** The median of the coordinates; undefined if there are fewer than three. */
    medianOf: (postcode: string): Punt | undefined => {
      const known = learned.get(postcode)
      if (!known || known.points.length < minPoints) return undefined
      return (known.median ??= {
        breedte: middle(known.points.map(({ breedte }) => breedte)),
        lengte: middle(known.points.map(({ lengte }) => lengte))
      })
    },
    /** The municipality, if all records agree. */
    gemeenteOf: (postcode: string): Gemeente | undefined => {
      const gemeenten = learned.get(postcode)?.gemeenten
      return gemeenten?.size === 1 ? [...gemeenten][0] : undefined
    },
    /** The postcode of a municipality, if at least three records have it and no record has another one. */
    onlyPostcodeOf: (gemeente: Gemeente): string | undefined => {
      const [first, second] = codesOf.get(gemeente) ?? []
      return first && !second && first[1] >= minPoints ? first[0] : undefined
    }
  }
}

export type Postcodes = ReturnType<typeof createPostcodes>

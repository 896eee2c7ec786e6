import type { Reason, Seen } from '../cache/cached.ts'
import type { EntryVersion } from '../cache/tier.ts'
import { pathWithoutIndexes } from '../schema/responsePath.ts'
import type { Path } from '../schema/responsePath.ts'
import type { Cause } from '../upstream/client.ts'
import type { Wait } from '../upstream/wait.ts'

/** A question of a request to VDAB: on whose account, how old its answer may be, and who is told how old it was. */
export type Question = {
  readonly cause: Cause
  /** ms: takes nothing that was asked of VDAB before this instant, and nothing stale */
  readonly notBefore?: number | undefined
  readonly seen?: ((seen: Seen) => void) | undefined
  /** how long it waits; that of its request, or less */
  readonly wait?: Wait | undefined
  /** nobody waits for it */
  readonly isBackground?: boolean | undefined
}

/**
 * What is answered for an id that cannot be VDAB's. No answer with such a place in it is kept: nothing in the cache
 * stands for it.
 */
export const noSuchId = ({ seen }: Question): null => {
  seen?.({ how: 'hit', ageMs: 0, leftMs: 0 })
  return null
}

/** One part of an answer that is older than its fresh time: where it stands, how old it is, and why. */
export type Stale = { readonly pad: string; readonly ouderdomMs: number; readonly reden: Reason }

const maxPlaces = 100
const noFigures = () => ({ oldestMs: 0, leastLeftMs: Infinity, hits: 0, misses: 0, joins: 0 })

/** How old the parts of one answer are: the whole in figures, and by place the oldest that is past its fresh time. */
export const createFreshness = () => {
  let figures = noFigures()
  let stale: Map<string, Stale> | undefined
  // Each many times where labels of several lists take turns: that is sorted out where they are wanted, and mostly they
  // are not.
  let versions: EntryVersion[] = []
  let last: EntryVersion | undefined
  let standsInCache = true

  const noteStale = (reden: Reason, ouderdomMs: number, path: Path | undefined) => {
    stale ??= new Map()
    const pad = pathWithoutIndexes(path)
    const known = stale.get(pad)
    if (known ? known.ouderdomMs < ouderdomMs : stale.size < maxPlaces) stale.set(pad, { pad, ouderdomMs, reden })
  }

  return {
    /** Notes one part of the answer. */
    note: ({ how, ageMs, leftMs, reason, stamp }: Seen, path?: Path) => {
      if (stamp === undefined || reason !== undefined) standsInCache = false
      else if (stamp !== last) {
        versions.push(stamp)
        last = stamp // the labels of a list come one after the other
      }
      if (ageMs > figures.oldestMs) figures.oldestMs = ageMs
      if (leftMs < figures.leastLeftMs) figures.leastLeftMs = leftMs
      if (how === 'hit') figures.hits += 1
      else if (how === 'miss') figures.misses += 1
      else figures.joins += 1
      if (reason !== undefined) noteStale(reason, ageMs, path)
    },
    /** The places with something past its fresh time, 100 at most, in the order of their names; the oldest of each. */
    stale: (): readonly Stale[] => (stale ? [...stale.values()].sort((a, b) => (a.pad < b.pad ? -1 : 1)) : []),
    /**
     * The oldest part, and the fresh time that is left of the one that has least; undefined when nothing came by way of
     * the cache.
     */
    figures: () => (figures.leastLeftMs === Infinity ? undefined : figures),
    /**
     * What the answer was made of, when all of it was fresh and stands in the cache; undefined when the answer must not
     * be kept.
     */
    versions: (): readonly EntryVersion[] | undefined => (standsInCache ? [...new Set(versions)] : undefined),
    /** Does some work, and tells what was noted meanwhile, as `stamps` does for the whole. */
    during: <T>(work: () => T): { made: T; versions: readonly EntryVersion[] | undefined } => {
      const [before, stoodBefore] = [versions, standsInCache]
      versions = []
      last = undefined
      standsInCache = true
      try {
        const made = work()
        versions = [...new Set(versions)]
        return { made, versions: standsInCache ? versions : undefined }
      } finally {
        for (const stamp of versions) before.push(stamp)
        versions = before
        last = undefined
        standsInCache = stoodBefore && standsInCache
      }
    },
    /** The next answer begins, on a connection that stays open. */
    clear: () => {
      stale = undefined
      versions = []
      last = undefined
      standsInCache = true
      figures = noFigures()
    }
  }
}

export type Freshness = ReturnType<typeof createFreshness>

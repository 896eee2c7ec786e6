import type { LookUpResult, Reason } from '../cache/cached.ts'
import type { EntryVersion } from '../cache/tier.ts'
import { pathWithoutIndexes } from '../schema/responsePath.ts'
import type { Path } from '../schema/responsePath.ts'
import type { Cause } from '../upstream/client.ts'
import type { Wait } from '../upstream/wait.ts'

/**
 * A query of a request: the request that pays for it, the permitted age of its result, and the listener for that age.
 */
export type Question = {
  readonly cause: Cause
  /** ms: excludes all stale values, and values whose fetch started before this instant */
  readonly notBefore?: number | undefined
  readonly onResult?: ((result: LookUpResult) => void) | undefined
  /** how long the query waits; at most as long as its request */
  readonly wait?: Wait | undefined
  /** is the query derived from a CV? Its cache key is then a hash */
  readonly isAboutPerson?: boolean | undefined
  /** background work, without a waiting caller */
  readonly isBackground?: boolean | undefined
}

/**
 * The result for an id that VDAB cannot have. No cache entry represents it, so a response that contains it is not
 * cached.
 */
export const noSuchId = ({ onResult }: Question): null => {
  onResult?.({ how: 'hit', ageMs: 0, leftMs: 0 })
  return null
}

/** A stale part of a response: its path, its age in ms, and the reason. */
export type Stale = { readonly pad: string; readonly ouderdomMs: number; readonly reden: Reason }

const maxPlaces = 100
const noFigures = () => ({ oldestMs: 0, leastLeftMs: Infinity, hits: 0, misses: 0, joins: 0 })

/** The ages of the parts of one response: the figures of the whole, and per path the oldest stale part. */
export const createFreshness = () => {
  let figures = noFigures()
  let stale: Map<string, Stale> | undefined
  // It contains duplicates, when labels of several lists alternate: `versions` removes them, and few responses need it.
  let versions: EntryVersion[] = []
  let last: EntryVersion | undefined
  let isAllCached = true

  const noteStale = (reden: Reason, ouderdomMs: number, path: Path | undefined) => {
    stale ??= new Map()
    const pad = pathWithoutIndexes(path)
    const known = stale.get(pad)
    if (known ? known.ouderdomMs < ouderdomMs : stale.size < maxPlaces) stale.set(pad, { pad, ouderdomMs, reden })
  }

  return {
    /** Records one part of the response. */
    note: ({ how, ageMs, leftMs, reason, entryVersion }: LookUpResult, path?: Path) => {
      if (entryVersion === undefined || reason !== undefined) isAllCached = false
      else if (entryVersion !== last) {
        versions.push(entryVersion)
        last = entryVersion // the labels of one list arrive in sequence
      }
      if (ageMs > figures.oldestMs) figures.oldestMs = ageMs
      if (leftMs < figures.leastLeftMs) figures.leastLeftMs = leftMs
      if (how === 'hit') figures.hits += 1
      else if (how === 'miss') figures.misses += 1
      else figures.joins += 1
      if (reason !== undefined) noteStale(reason, ageMs, path)
    },
    /** The paths with stale parts, at most 100, sorted by name; the oldest part of each. */
    stale: (): readonly Stale[] => (stale ? [...stale.values()].sort((a, b) => (a.pad < b.pad ? -1 : 1)) : []),
    /**
     * The age of the oldest part, and the shortest remaining fresh time; undefined when no part came through the cache.
     */
    figures: () => (figures.leastLeftMs === Infinity ? undefined : figures),
    /**
     * The versions of the cache entries in the response. Undefined when a part is stale or not cached; the response
     * must then not be cached.
     */
    versions: (): readonly EntryVersion[] | undefined => (isAllCached ? [...new Set(versions)] : undefined),
    /**
     * Runs `work` and returns its result with the versions that it recorded, as `versions` does for the whole response.
     */
    during: <T>(work: () => T): { made: T; versions: readonly EntryVersion[] | undefined } => {
      const [before, wasAllCached] = [versions, isAllCached]
      versions = []
      last = undefined
      isAllCached = true
      try {
        const made = work()
        versions = [...new Set(versions)]
        return { made, versions: isAllCached ? versions : undefined }
      } finally {
        for (const entryVersion of versions) before.push(entryVersion)
        versions = before
        last = undefined
        isAllCached = wasAllCached && isAllCached
      }
    },
    /** Starts the next response on a connection that stays open. */
    clear: () => {
      stale = undefined
      versions = []
      last = undefined
      isAllCached = true
      figures = noFigures()
    }
  }
}

export type Freshness = ReturnType<typeof createFreshness>

import type { CacheEvent, Policy } from './policy.ts'
import { fromText } from './text.ts'
import type { JsonFormat } from './text.ts'

/**
 * How changes of the source invalidate a far cache. `constant`: the source announces no changes. `record`: changes are
 * announced by the key of the record. `page`: it contains records, so a change of any record makes it outdated.
 */
export type FarGuard = 'constant' | 'record' | 'page'
/**
 * An entry of a far cache; `askedAt` is the instant at which the fetch from the source started, in ms of the cache's
 * clock.
 */
export type FarEntry = { readonly text: string; readonly askedAt: number }
/** `isCurrent` is false after a change was announced that the look-up may not have included. */
export type FarFound = FarEntry & { readonly isCurrent: () => boolean }

/** A cache outside this process. It never rejects, never takes long, and finds nothing when there is any error. */
export type Far = {
  get: (key: string, guard: FarGuard) => Promise<FarFound | undefined>
  /** Stores an entry for `ttlMs`, unless a newer change has invalidated it. */
  set: (key: string, guard: FarGuard, entry: FarEntry & { readonly ttlMs: number }) => void
}

/** A value from the far cache; the start of its fetch is the start of the original fetch from the source. */
export type FarValue = { readonly value: object; readonly text: string; readonly askedAt: number }
type Found = FarValue & { readonly isCurrent: () => boolean }

/** `onFound` is called with each value that comes from the far cache. */
export type FarListener = { readonly onFound?: (row: string, value: object) => void }

type Dependencies = {
  far: Far & FarListener
  json: JsonFormat | undefined
  /** the JSON of a value that was stored just now, if it is available */
  textOf: (value: object) => string | undefined
  now: () => number
  on: (event: CacheEvent) => void
}

/** The layer between the cache of this process and its source: values that another process has fetched. */
export const createFarLayer = ({ far, json = JSON, textOf, now, on }: Dependencies) => {
  const read = (text: string): object | undefined => {
    try {
      return fromText(text, json)
    } catch {
      return undefined // a text that cannot be parsed is a miss
    }
  }

  const look = async (key: string, { row, freshMs, far: rule }: Policy): Promise<Found | undefined> => {
    const found = rule && (await far.get(key, rule.guard))
    const isFresh = found && found.askedAt + freshMs > now() && found.askedAt >= rule.since()
    const value = isFresh ? read(found.text) : undefined
    if (!found || value === undefined) {
      on({ name: 'farMiss', row })
      return undefined
    }
    return { ...found, value }
  }

  return {
    /** The fresh value from the far cache, undefined when there is none. Never rejects. */
    look,
    /** Records that a value from the far cache is used. */
    used: ({ row }: Policy, value: object) => {
      on({ name: 'farHit', row })
      far.onFound?.(row, value)
    },
    /** Writes a value from the source to the far cache, if its policy allows that. No caller waits for the write. */
    keep: (key: string, value: unknown, { freshMs, far: rule }: Policy, askedAt: number) => {
      if (!rule || typeof value !== 'object' || value === null) return
      setImmediate(() => {
        const ttlMs = Math.floor(askedAt + freshMs - now())
        if (ttlMs <= 0 || !rule.mayHold(value)) return
        far.set(key, rule.guard, { text: textOf(value) ?? json.stringify(value), askedAt, ttlMs })
      })
    }
  }
}

export type FarLayer = ReturnType<typeof createFarLayer>

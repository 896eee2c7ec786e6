import type { CacheEvent, Policy } from './policy.ts'
import { fromText } from './text.ts'
import type { JsonFormat } from './text.ts'

/**
 * How changes of the source are kept out of a far cache: `constant`: the source tells of no changes of it; `record`: a
 * record that is told of by its key; `page`: it contains records, so any change of one makes it outdated.
 */
export type FarGuard = 'constant' | 'record' | 'page'
/** What a far cache stores; `askedAt` is the instant at which the source was asked, in ms of the cache's clock. */
export type FarEntry = { readonly text: string; readonly askedAt: number }
/** `isCurrent` is false once a change was told that the look-up may not have seen. */
export type FarFound = FarEntry & { readonly isCurrent: () => boolean }

/** A cache outside this process. It never rejects, never waits long, and finds nothing when anything is wrong. */
export type Far = {
  get: (key: string, guard: FarGuard) => Promise<FarFound | undefined>
  /** Stores an entry for `ttlMs`, unless a change has overtaken it. */
  set: (key: string, guard: FarGuard, entry: FarEntry & { readonly ttlMs: number }) => void
}

/** A cached answer of the far cache; its fetch counts as started when the source was asked. */
export type FoundBeyond = { readonly value: object; readonly text: string; readonly askedAt: number }
type Found = FoundBeyond & { readonly isCurrent: () => boolean }

/** `onFound` is called with each answer that comes from the far cache. */
export type FarListener = { readonly onFound?: (row: string, value: object) => void }

type Dependencies = {
  far: Far & FarListener
  json: JsonFormat | undefined
  /** the JSON of a value that was stored just now, where it is available */
  textOf: (value: object) => string | undefined
  now: () => number
  on: (event: CacheEvent) => void
}

/** What lies between the cache of this process and its source: answers that another process has asked for. */
export const createBeyond = ({ far, json = JSON, textOf, now, on }: Dependencies) => {
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
    /** The fresh answer of the far cache, undefined when there is none. Never rejects. */
    look,
    /** Notes that an answer of the far cache is used. */
    used: ({ row }: Policy, value: object) => {
      on({ name: 'farHit', row })
      far.onFound?.(row, value)
    },
    /** Hands an answer of the source to the far cache, where its policy allows that. Nobody waits for it. */
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

export type Beyond = ReturnType<typeof createBeyond>

import type { Derived } from '../cache/derived.ts'
import type { EntryVersion } from '../cache/tier.ts'
import { tagOf } from '../http/etag.ts'
import { compact, createEncodings } from './encodings.ts'
import type { EncodedBytes, Encoded, EncodedForm } from './encodings.ts'

export type { EntryVersion } from '../cache/tier.ts'

/** A cached answer: its bytes, without the end and the headers of a single response, and its age. */
export type CachedAnswer = {
  readonly bytes: Buffer
  /** the tag of the whole body, see `tagOf` */
  tag: string | undefined
  readonly encoded: Map<EncodedForm, Encoded>
  hits: number
  touchedAt: number
  /** at the last `get` */
  ageMs: number
  leftMs: number
  /** per lifetime, the oldest entry: the first one that is no longer fresh */
  readonly oldest: readonly EntryVersion[]
  readonly versions: readonly EntryVersion[]
}

/** The age of the oldest part of an answer, and the remaining fresh time of all of it, in ms. */
export type Ages = Pick<CachedAnswer, 'ageMs' | 'leftMs'>

// The use of an answer counts as use of its parts in the cache. It is recorded at most once in this time. For an answer
// with few parts, such as one vacancy, it is recorded more often, because the eviction order depends on it.
const touchEveryMs = { few: 100, many: 1000 } as const
const fewParts = 4
/** Heap bytes of an answer in addition to its bytes, and of a compressed form in addition to its bytes (measured). */
const entryBytes = 500
const encodedBytes = 300

type Dependencies = {
  derived: Derived<unknown>
  /** the instant, in ms, until which a cache entry is fresh by the current policy */
  freshUntil: (version: EntryVersion) => number
  /** marks a cache entry as recently used */
  touch: (version: EntryVersion) => void
  now: () => number
}

const oldestOf = (versions: readonly EntryVersion[]): readonly EntryVersion[] => {
  const oldest = new Map<string, EntryVersion>()
  for (const version of versions) {
    const lifetime = `${version.row} ${version.isAbsent}`
    const known = oldest.get(lifetime)
    if (known === undefined || version.startedAt < known.startedAt) oldest.set(lifetime, version)
  }
  return [...oldest.values()]
}

/**
 * Answers stored as bytes. An answer is found while all of its source entries are in the cache and fresh by the current
 * policy, so a change drops exactly the answers that show it. The caller stores no personal data, no stale parts and no
 * failures.
 */
export const createAnswerCache = ({ derived, freshUntil, touch, now }: Dependencies) => {
  const encodings = createEncodings()

  const scopeTexts = new WeakMap<ReadonlySet<string>, string>()

  const touchAll = (cached: CachedAnswer, time: number) => {
    if (time - cached.touchedAt < touchEveryMs[cached.versions.length > fewParts ? 'many' : 'few']) return
    cached.touchedAt = time
    for (const version of cached.versions) touch(version)
  }

  const updateAges = (cached: CachedAnswer, time: number) => {
    cached.ageMs = 0
    cached.leftMs = Infinity
    for (const version of cached.oldest) {
      cached.ageMs = Math.max(cached.ageMs, time - version.startedAt)
      cached.leftMs = Math.min(cached.leftMs, freshUntil(version) - time)
    }
  }

  return {
    /** The scopes of a consumer as a part of keys: consumers with the same scopes share answers. */
    scopesOf({ scopes }: { scopes: ReadonlySet<string> }): string {
      const found = scopeTexts.get(scopes) ?? [...scopes].sort().join(',')
      scopeTexts.set(scopes, found)
      return found
    },
    /** The answer under this key, if it is valid. */
    get(key: string): CachedAnswer | undefined {
      const cached = derived.find(key)?.value as CachedAnswer | undefined // only `set` creates keys of answers
      if (cached === undefined) return undefined
      const time = now()
      updateAges(cached, time)
      if (cached.leftMs <= 0) return undefined
      touchAll(cached, time)
      cached.hits += 1
      return cached
    },
    /** Stores an answer, unless one of its source entries has left the cache. */
    set(key: string, bytes: Buffer, { versions }: { versions: readonly EntryVersion[] }): CachedAnswer {
      const own = compact(bytes)
      const cached: CachedAnswer = {
        bytes: own,
        tag: undefined,
        encoded: new Map(),
        hits: 0,
        touchedAt: now(),
        ageMs: 0,
        leftMs: 0,
        oldest: oldestOf(versions),
        versions
      }
      derived.keep(key, cached, { bytes: own.length + entryBytes, versions })
      return cached
    },
    /** The tag of the body with an end that is the same each time. */
    tagOf: (cached: CachedAnswer, end = ''): string =>
      (cached.tag ??= tagOf(end === '' ? cached.bytes : Buffer.concat([cached.bytes, Buffer.from(end, 'latin1')]))),
    /** The bytes in an encoding that the client accepts, with the end of this response if there is one. */
    bytesFor: (
      key: string,
      cached: CachedAnswer,
      acceptEncoding: string | undefined,
      { tail, isFixed }: { tail?: string | undefined; isFixed: boolean }
    ): EncodedBytes =>
      encodings.choose(cached, {
        acceptEncoding,
        tail,
        isFixed,
        grown: (bytes) => {
          derived.grow(key, bytes + encodedBytes)
        }
      })
  }
}

export type AnswerCache = ReturnType<typeof createAnswerCache>

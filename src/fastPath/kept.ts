import { hash } from 'node:crypto'
import type { Derived } from '../cache/derived.ts'
import type { EntryVersion } from '../cache/tier.ts'
import type { Encoding } from './acceptEncoding.ts'
import { compact, createEncodings } from './encodings.ts'
import type { EncodedBytes, Encoded } from './encodings.ts'

export type { EntryVersion } from '../cache/tier.ts'

/** A stored answer: its bytes, without the end and the headers of a single response, and its age. */
export type Kept = {
  readonly bytes: Buffer
  /** the same as text, see `createEncodings` */
  text: string | undefined
  /** of answers that clients may revalidate */
  readonly etag?: string | undefined
  readonly encoded: Map<Encoding, Encoded>
  hits: number
  touchedAt: number
  /** at the last `find` */
  ageMs: number
  leftMs: number
  /** the oldest entry of each lifetime: the first that is no longer fresh */
  readonly oldest: readonly EntryVersion[]
  readonly versions: readonly EntryVersion[]
}

/** The age of the oldest part of an answer, and for how long all of it stays fresh, in ms. */
export type Ages = Pick<Kept, 'ageMs' | 'leftMs'>

// Use of an answer counts as use of its parts in the cache. Once in this time is enough; of an answer with few parts,
// such as one vacancy, more often, because the eviction order depends on it.
const touchEveryMs = { few: 100, many: 1000 } as const
const fewParts = 4
/** Heap bytes of an answer besides its bytes, and of a compressed form besides its bytes (measured). */
const keptBytes = 500
const encodedBytes = 300

type Dependencies = {
  derived: Derived<unknown>
  /** the instant, in ms, until which a cache entry is fresh by the present policy */
  freshUntil: (version: EntryVersion) => number
  /** marks a cache entry as recently used */
  touch: (version: EntryVersion) => void
  now: () => number
}

// Weak: the bytes differ per encoding (RFC 9110, 8.8.1).
const etagOf = (body: Buffer): string => `W/"${hash('sha256', body, 'base64url').slice(0, 22)}"`

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
 * Answers stored as bytes. An answer is found while all entries that it was made of are in the cache and fresh by the
 * present policy, so a change drops exactly the answers that show it. The caller stores nothing personal, nothing stale
 * and no failure.
 */
export const createAnswers = ({ derived, freshUntil, touch, now }: Dependencies) => {
  const encodings = createEncodings()

  const scopeTexts = new WeakMap<ReadonlySet<string>, string>()

  const touchAll = (kept: Kept, time: number) => {
    if (time - kept.touchedAt < touchEveryMs[kept.versions.length > fewParts ? 'many' : 'few']) return
    kept.touchedAt = time
    for (const version of kept.versions) touch(version)
  }

  const updateAges = (kept: Kept, time: number) => {
    kept.ageMs = 0
    kept.leftMs = Infinity
    for (const version of kept.oldest) {
      kept.ageMs = Math.max(kept.ageMs, time - version.startedAt)
      kept.leftMs = Math.min(kept.leftMs, freshUntil(version) - time)
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
    find(key: string): Kept | undefined {
      const kept = derived.find(key)?.value as Kept | undefined // keys of answers are made by `keep` alone
      if (kept === undefined) return undefined
      const time = now()
      updateAges(kept, time)
      if (kept.leftMs <= 0) return undefined
      touchAll(kept, time)
      kept.hits += 1
      return kept
    },
    /** Stores an answer, unless an entry that it was made of has left the cache. */
    keep(
      key: string,
      bytes: Buffer,
      { versions, isTagged = false }: { versions: readonly EntryVersion[]; isTagged?: boolean }
    ): Kept {
      const own = compact(bytes)
      const kept: Kept = {
        bytes: own,
        text: undefined,
        etag: isTagged ? etagOf(own) : undefined,
        encoded: new Map(),
        hits: 0,
        touchedAt: now(),
        ageMs: 0,
        leftMs: 0,
        oldest: oldestOf(versions),
        versions
      }
      derived.keep(key, kept, { bytes: own.length + keptBytes, versions })
      return kept
    },
    /** The bytes in an encoding that the client accepts, with the end of this response if there is one. */
    bytesFor: (key: string, kept: Kept, acceptEncoding: string | undefined, tail?: string): EncodedBytes =>
      encodings.choose(kept, {
        acceptEncoding,
        tail,
        grown: (bytes) => {
          derived.grow(key, bytes + encodedBytes)
        }
      })
  }
}

export type Answers = ReturnType<typeof createAnswers>

import { hash } from 'node:crypto'
import type { Derived } from '../cache/derived.ts'
import type { EntryVersion } from '../cache/tier.ts'
import { alone, createEncodings } from './encodings.ts'
import type { EncodedBytes, Encoded, Encoding } from './encodings.ts'

export type { EntryVersion } from '../cache/tier.ts'

/** An answer as it leaves, without what each one says of itself, and how old it may become. */
export type Kept = {
  readonly bytes: Buffer
  /** the same, once it is sent often, see `createEncodings` */
  text: string | undefined
  /** names these very bytes; of answers that are whole and can be asked for again by it */
  readonly etag?: string | undefined
  readonly encoded: Map<Encoding, Encoded>
  hits: number
  touchedAt: number
  /** as of the last look */
  ageMs: number
  leftMs: number
  /** of each kind of part the oldest: it is the first that is no longer fresh */
  readonly oldest: readonly EntryVersion[]
  readonly versions: readonly EntryVersion[]
}

/** How old the oldest part of an answer is, and how long all of it is fresh yet, in ms. */
export type Ages = Pick<Kept, 'ageMs' | 'leftMs'>

// What is asked all the time keeps its parts in the cache; there is no need to say so at each question. Of one part,
// such as a vacancy, it is said soon, since which one was asked last decides which one stays.
const touchedEveryMs = { few: 100, many: 1000 } as const
const fewParts = 4
/** What an answer holds besides its bytes (measured), and each of its compressed forms. */
const keptBytes = 500
const encodedBytes = 300

type Dependencies = {
  derived: Derived<unknown>
  /** the instant, in ms, up to which what bears this stamp is fresh by the policy of now */
  freshUntil: (stamp: EntryVersion) => number
  /** notes that something made of this was asked for */
  touch: (stamp: EntryVersion) => void
  now: () => number
}

// Weak: the same answer has other bytes in each encoding (RFC 9110, 8.8.1).
const tagOf = (body: Buffer): string => `W/"${hash('sha256', body, 'base64url').slice(0, 22)}"`

const oldestOf = (versions: readonly EntryVersion[]): readonly EntryVersion[] => {
  const oldest = new Map<string, EntryVersion>()
  for (const stamp of versions) {
    const kind = `${stamp.row} ${stamp.isAbsent}`
    const known = oldest.get(kind)
    if (known === undefined || stamp.startedAt < known.startedAt) oldest.set(kind, stamp)
  }
  return [...oldest.values()]
}

/**
 * Answers kept as bytes, ready to leave. One is given as long as everything that it was made of stands in the cache and
 * is fresh by the policy of now, so that a change drops just the answers that show it. Nothing of a person, nothing
 * stale and no failure is ever kept: who keeps sees to it.
 */
export const createAnswers = ({ derived, freshUntil, touch, now }: Dependencies) => {
  const encodings = createEncodings()

  const known = new WeakMap<ReadonlySet<string>, string>()

  const touchAll = (kept: Kept, time: number) => {
    if (time - kept.touchedAt < touchedEveryMs[kept.versions.length > fewParts ? 'many' : 'few']) return
    kept.touchedAt = time
    for (const stamp of kept.versions) touch(stamp)
  }

  const look = (kept: Kept, time: number) => {
    kept.ageMs = 0
    kept.leftMs = Infinity
    for (const stamp of kept.oldest) {
      kept.ageMs = Math.max(kept.ageMs, time - stamp.startedAt)
      kept.leftMs = Math.min(kept.leftMs, freshUntil(stamp) - time)
    }
  }

  return {
    /** What a consumer may see, as a part of keys: those who may see the same share their answers. */
    scopesOf({ scopes }: { scopes: ReadonlySet<string> }): string {
      const found = known.get(scopes) ?? [...scopes].sort().join(',')
      known.set(scopes, found)
      return found
    },
    /** The answer under this key, if it is still right. */
    find(key: string): Kept | undefined {
      const kept = derived.find(key)?.value as Kept | undefined // keys of answers are made by `keep` alone
      if (kept === undefined) return undefined
      const time = now()
      look(kept, time)
      if (kept.leftMs <= 0) return undefined
      touchAll(kept, time)
      kept.hits += 1
      return kept
    },
    /** Keeps an answer, unless something that it was made of has gone meanwhile. */
    keep(
      key: string,
      bytes: Buffer,
      { versions, isTagged = false }: { versions: readonly EntryVersion[]; isTagged?: boolean }
    ): Kept {
      const own = alone(bytes)
      const kept: Kept = {
        bytes: own,
        text: undefined,
        etag: isTagged ? tagOf(own) : undefined,
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
    /**
     * The bytes in the encoding that the client takes and that is ready, with a tail of this answer's own where there
     * is one. Hot answers are made ready behind.
     */
    bytesFor: (key: string, kept: Kept, acceptEncoding: string | undefined, tail?: string): EncodedBytes =>
      encodings.choose(kept, {
        header: acceptEncoding,
        tail,
        grown: (bytes) => {
          derived.grow(key, bytes + encodedBytes)
        }
      })
  }
}

export type Answers = ReturnType<typeof createAnswers>

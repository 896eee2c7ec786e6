import { createHmac, hkdfSync } from 'node:crypto'
import type { FarEntry, FarFound, FarGuard } from '../../cache/far.ts'
import type { FarCacheSettings } from '../../config/farCache.ts'
import type { KeyRing } from '../../formats/seal.ts'
import { createConnection, type RedisValue } from './connection.ts'
import { createFarClock } from './farClock.ts'
import { farForget, farForgetAll, farGet, farSet, farTime } from './farScripts.ts'

/** The maximum number of keys in one command, so that no command blocks Redis for long. */
const mostKeys = 200
/** A longer text stays in the process, because sealing it would delay requests. */
const mostCharacters = 1024 * 1024
const valueShape = /^(\d+) ([\s\S]+)$/
const words = {
  lost: 'Redis (REDIS_CACHE_URL) does not answer: the gateway goes on without its far cache',
  restored: 'Redis (REDIS_CACHE_URL) answers again: the gateway uses its far cache'
}

type Dependencies = {
  settings: FarCacheSettings
  ring: () => KeyRing
  warn: (message: string) => void
  /** the clock of the cache */
  now: () => number
}
type Look = { readonly name: string; readonly guard: FarGuard; readonly done: (value: string | undefined) => void }

/**
 * The cache that gateways share in Redis. Names are HMACs; values are sealed and bound to their name and age. It is
 * used only while this process has certainly published all changes that it knows. After a failed publication or a lost
 * connection, no gateway uses an older value.
 */
export const createFarCache = ({ settings, ring, warn, now }: Dependencies) => {
  const connection = createConnection({ settings, warn, words })
  const clock = createFarClock()
  const nameKey = Buffer.from(hkdfSync('sha256', settings.key.reveal(), '', 'vdab-gateway far cache names', 32))
  const nameOf = (key: string) =>
    `${settings.prefix}far:${createHmac('sha256', nameKey).update(key).digest('base64url').slice(0, 27)}`
  const guards = `${settings.prefix}far:guards`
  let hasBegun = false
  let isUsable = false
  let hasUnpublishedChanges = false
  let publishing = 0
  let edition = 0

  const run = async (script: string, names: readonly string[], values: readonly RedisValue[]) => {
    const sentAt = now()
    // the scripts' shape
    const [time, ...rest] = (await connection.run(script, [guards, ...names], values)) as [number, ...RedisValue[]]
    clock.note(time, sentAt, now())
    return rest
  }

  /** Changes were not published, or may be lost: the cache must not be used until its floor is raised. */
  const markUnpublished = () => {
    edition += 1
    hasUnpublishedChanges = true
    isUsable = false
  }
  const begin = async () => {
    const at = edition
    await run(hasUnpublishedChanges ? farForgetAll : farTime, [], [])
    if (edition !== at) return begin()
    hasUnpublishedChanges = false
    isUsable = true
  }
  connection.onOpen(() => {
    hasBegun = true
    void begin().catch(() => undefined) // it starts again when the connection is open again
  })
  connection.onLost(() => {
    if (hasBegun) markUnpublished()
  })

  let looks: Look[] = []
  const send = async (some: readonly Look[]) => {
    const names = some.map(({ name }) => name)
    const guardsOf = some.map(({ guard }) => guard)
    const values = await run(farGet, names, guardsOf).catch(() => []) // an error is a miss
    for (const [index, { done }] of some.entries()) done(String(values[index] ?? '') || undefined)
  }
  /** The look-ups of one event-loop turn are one command, so that their misses go to the source together. */
  const look = (name: string, guard: FarGuard) =>
    new Promise<string | undefined>((done) => {
      if (looks.push({ name, guard, done }) > 1) return
      queueMicrotask(() => {
        const all = looks
        looks = []
        for (let at = 0; at < all.length; at += mostKeys) void send(all.slice(at, at + mostKeys))
      })
    })

  const mayUse = (guard: FarGuard) => isUsable && connection.isOpen() && (guard === 'constant' || publishing === 0)

  /** Publishes changes in order. A failed publication makes the cache unusable. */
  const publish = async (work: () => Promise<unknown>) => {
    edition += 1
    publishing += 1
    try {
      await work()
    } catch {
      markUnpublished()
    } finally {
      publishing -= 1
    }
  }

  return {
    get: async (key: string, guard: FarGuard): Promise<FarFound | undefined> => {
      if (!mayUse(guard)) return undefined
      const at = edition
      const name = nameOf(key)
      const [, asked = '', sealed = ''] = valueShape.exec((await look(name, guard)) ?? '') ?? []
      const text = ring().open(sealed, `${name} ${asked}`)
      if (text === undefined) return undefined
      return {
        text,
        askedAt: clock.fetchedInLocalTime(Number(asked)),
        isCurrent: () => guard === 'constant' || edition === at
      }
    },
    set: (key: string, guard: FarGuard, { text, askedAt, ttlMs }: FarEntry & { readonly ttlMs: number }) => {
      if (!mayUse(guard) || text.length > mostCharacters) return
      const name = nameOf(key)
      const asked = clock.fetchedInRedisTime(askedAt)
      const sealed = ring().close(text, `${name} ${asked}`)
      if (sealed !== undefined)
        void run(farSet, [name], [guard, asked, ttlMs, `${asked} ${sealed}`]).catch(() => undefined) // it is not stored
    },
    /** Deletes records, and all pages, that were fetched before an instant (ms; absent = now). Never rejects. */
    forget: (keys: readonly string[], before?: number) =>
      publish(async () => {
        for (let at = 0; at < keys.length; at += mostKeys)
          await run(farForget, keys.slice(at, at + mostKeys).map(nameOf), [
            before === undefined ? '' : clock.changedInRedisTime(before)
          ])
      }),
    /** Deletes all records and pages. Never rejects. */
    forgetAll: () => publish(() => run(farForgetAll, [], [])),
    isOpen: () => isUsable && connection.isOpen(),
    close: connection.close
  }
}

export type FarCache = ReturnType<typeof createFarCache>

import { randomUUID } from 'node:crypto'
import type { RedisConnection, RedisValue } from './connection.ts'
import { beat, leave } from './scripts.ts'

const beatMs = 5000
/** Without a heartbeat for so long a member counts as dead: two were missed. */
const deadMs = 12_000
const forgetMs = 60_000
/** So long after Redis was empty, members have not all reported what they hold. */
const youngMs = 6000

/** What a member says of itself. Digests of members that work together are equal. */
export type MemberFacts = {
  readonly name: string
  readonly version: string
  readonly digests: Readonly<Record<string, string>>
}

type Dependencies = {
  connection: RedisConnection
  prefix: string
  facts: () => MemberFacts
  /** the number of members that are expected */
  atLeast: number
  warn: (message: string) => void
  now: () => number
}
type Beat = readonly [now: string, generation: string, members: readonly string[]]

const readFacts = (text: string): MemberFacts | undefined => {
  try {
    return JSON.parse(text) as MemberFacts // only members write it
  } catch {
    return undefined
  }
}

/**
 * The gateways that share a Redis. Each reports every 5 s that it is alive; without that for 12 s it counts as dead.
 */
export const createMembers = ({ connection, prefix, facts, atLeast, warn, now }: Dependencies) => {
  const id = randomUUID()
  const keys = [`${prefix}facts`, `${prefix}members`, `${prefix}generation`] as const
  const listeners: (() => void)[] = []
  let own = facts()
  let others: readonly MemberFacts[] = []
  let count = atLeast
  let generation = ''
  let aheadMs = 0

  const run = (text: string, key: string, values: readonly RedisValue[], moreKeys: readonly string[] = []) =>
    connection.run(text, [key, keys[1], keys[2], ...moreKeys], [id, youngMs, deadMs, ...values])

  /** Fewer than expected are not believed: one that is cut off from Redis still gives its part. */
  const seen = (alive: number) => {
    count = Math.max(atLeast, alive)
  }

  const differences = () => {
    const { digests } = own
    return Object.keys(digests).filter((name) => others.some((other) => other.digests[name] !== digests[name]))
  }

  const report = async () => {
    own = facts()
    // the script's shape
    const [time, at, all] = (await run(beat, keys[0], [JSON.stringify(own), forgetMs])) as Beat
    aheadMs = Number(time) - now()
    seen(all.length / 2)
    others = all.flatMap((text, index) => (index % 2 === 1 && all[index - 1] !== id ? (readFacts(text) ?? []) : []))
    for (const name of differences()) warn(`The gateways differ in ${name}: give all of them the same`)
    const isNew = generation !== '' && generation !== at
    generation = at
    if (isNew) for (const listener of listeners) listener()
  }
  const soon = () => void report().catch(() => undefined) // the connection has told of it
  const timer = setInterval(soon, beatMs)
  timer.unref()
  connection.onOpen(soon)

  return {
    id,
    /** Runs a script as this member; its further keys are `KEYS[4]` and on. */
    run,
    /** The members that were alive when Redis was last asked; at least those that are expected. */
    count: () => count,
    seen,
    /** The names of what must be equal on all members, and is not. */
    differences,
    /** The names of what must be equal on all members. */
    compared: () => Object.keys(own.digests),
    /** Redis' own clock, as far as it is known, in ms. */
    redisNow: () => now() + aheadMs,
    /** Calls a function when Redis has lost what it knew. */
    onWiped: (listener: () => void) => void listeners.push(listener),
    close: async () => {
      clearInterval(timer)
      await run(leave, keys[0], []).catch(() => undefined) // others notice within 12 s
    }
  }
}

export type Members = ReturnType<typeof createMembers>

import { randomUUID } from 'node:crypto'
import type { RedisConnection, RedisValue } from './connection.ts'
import { beat, leave } from './scripts.ts'

const beatMs = 5000
/** A member without a heartbeat for this time counts as dead: it has missed two heartbeats. */
const deadMs = 12_000
const forgetMs = 60_000
/** For this time after Redis was empty, some members may not have reported what they hold. */
const youngMs = 6000

/** The facts that a member reports about itself. Members that work together have equal digests. */
export type MemberFacts = {
  readonly name: string
  readonly version: string
  readonly digests: Readonly<Record<string, string>>
}

type Dependencies = {
  connection: RedisConnection
  prefix: string
  facts: () => MemberFacts
  /** the number of expected members */
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

/** The gateways that share a Redis. Each sends a heartbeat every 5 s; without one for 12 s it counts as dead. */
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

  /** The count never goes below the expected number: a member without a connection to Redis still uses its part. */
  const noteAlive = (alive: number) => {
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
    noteAlive(all.length / 2)
    others = all.flatMap((text, index) => (index % 2 === 1 && all[index - 1] !== id ? (readFacts(text) ?? []) : []))
    for (const name of differences()) warn(`The gateways differ in ${name}: give all of them the same`)
    const isNew = generation !== '' && generation !== at
    generation = at
    if (isNew) for (const listener of listeners) listener()
  }
  const soon = () => void report().catch(() => undefined) // the connection has logged the failure
  const timer = setInterval(soon, beatMs)
  timer.unref()
  connection.onOpen(soon)

  return {
    id,
    /** Runs a script as this member; its further keys start at `KEYS[4]`. */
    run,
    /** The number of members that were alive at the last heartbeat, and at least the expected number. */
    count: () => count,
    noteAlive,
    /** The names of the digests that must be equal on all members, but differ. */
    differences,
    /** The names of the digests that must be equal on all members. */
    compared: () => Object.keys(own.digests),
    /** The estimated time on Redis' own clock, in ms. */
    redisNow: () => now() + aheadMs,
    /** Calls a function when Redis has lost its data. */
    onWiped: (listener: () => void) => void listeners.push(listener),
    close: async () => {
      clearInterval(timer)
      await run(leave, keys[0], []).catch(() => undefined) // others notice within 12 s
    }
  }
}

export type Members = ReturnType<typeof createMembers>

import { setTimeout } from 'node:timers/promises'
import { createSeal } from '../../formats/seal.ts'
import type { RedisConnection } from './connection.ts'
import type { Members } from './members.ts'
import { acknowledge, give, missing, read } from './scripts.ts'

/** The interval at which orders are read, so that all gateways remove a person's data soon after the request. */
const lookMs = 200
const confirmPollMs = 25
const confirmTimeoutMs = 5000
/** A member that could not read orders for this time no longer counts as alive, and may have missed some. */
const disconnectedMs = 10_000
const keptMs = 3_600_000
/** The id before the first order. A second removal is harmless, so a new member carries out all stored orders. */
const first = '0-0'

type Dependencies = {
  connection: RedisConnection
  members: Members
  prefix: string
  secret: string
  warn: (message: string) => void
  now: () => number
}
/** The actions of each member on its own cache. */
export type Forgetting = {
  forgetPerson: (cvId: string) => void
  /** removes all people from the cache */
  forgetPeople: () => void
}

/**
 * Orders to all gateways: delete a person's data. An order is complete when all live members have acknowledged it. A
 * member that was disconnected for ten seconds removes all people from its cache, since it may have missed an order. It
 * repeats this every ten seconds until it can read orders again.
 */
export const createOrders = ({ connection, members, prefix, secret, warn, now }: Dependencies) => {
  const key = `${prefix}orders`
  const doneKey = (id: string) => `${prefix}done:${id}`
  const seal = createSeal(secret, 'vdab-gateway orders')
  let cache: Forgetting | undefined
  let last = first
  let lastReadAt = now()
  let looking: Promise<void> | undefined

  const carryOut = async ([id, sealed]: readonly [string, string]) => {
    const cvId = seal.open(sealed, key)
    if (cvId === undefined) warn('An order in Redis was not sealed with this REDIS_SECRET: it is ignored')
    else cache?.forgetPerson(cvId)
    await members.run(acknowledge, doneKey(id), [keptMs])
    last = id
  }
  const forgetAll = () => {
    cache?.forgetPeople()
    lastReadAt = now()
  }

  const look = async () => {
    if (now() - lastReadAt > disconnectedMs) forgetAll()
    if (!connection.isOpen()) return
    // the script's shape
    const orders = (await members.run(read, key, [last])) as readonly (readonly [string, string])[]
    for (const order of orders) await carryOut(order)
    lastReadAt = now()
  }
  const lookOnce = () => {
    looking ??= look()
      .catch(() => undefined) // the connection has logged the failure
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const timer = setInterval(() => void lookOnce(), lookMs)
  timer.unref()
  members.onWiped(() => {
    forgetAll() // orders that were not read yet are lost
    last = first
  })

  return {
    /** Sets the cache to which orders apply. */
    attach: (forgetting: Forgetting) => {
      cache = forgetting
    },
    /**
     * Removes a person's data from the caches of all gateways. Rejects when a live gateway has not confirmed in time.
     */
    forgetPerson: async (cvId: string): Promise<void> => {
      const id = String(await members.run(give, key, [keptMs, seal.close(cvId, key)]))
      const end = now() + confirmTimeoutMs
      while (now() < end) {
        void lookOnce()
        if ((await members.run(missing, doneKey(id), [])) === 0) return
        await setTimeout(confirmPollMs)
      }
      throw new Error('a gateway did not answer in time')
    },
    close: () => {
      clearInterval(timer)
    }
  }
}

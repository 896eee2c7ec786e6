import { setTimeout } from 'node:timers/promises'
import { createSeal } from '../../formats/seal.ts'
import type { RedisConnection } from './connection.ts'
import type { Members } from './members.ts'
import { acknowledge, give, missing, read } from './scripts.ts'

/** How often orders are looked for; a person is forgotten everywhere soon after it was asked. */
const lookMs = 200
const askMs = 25
const patienceMs = 5000
/** A member that has not heard of orders for so long no longer counts as alive, and may have missed some. */
const deafMs = 10_000
const keptMs = 3_600_000
/** Before the first order. To forget a person twice does no harm, so a new member carries out all that are kept. */
const first = '0-0'

type Dependencies = {
  connection: RedisConnection
  members: Members
  prefix: string
  secret: string
  warn: (message: string) => void
  now: () => number
}
/** What each member does with its own cache. */
export type Forgetting = {
  forgetPerson: (cvId: string) => void
  /** forgets all people */
  forgetPeople: () => void
}

/**
 * Orders that every gateway must carry out: to forget a person. An order is done when all members that are alive have
 * acknowledged it. A member that was cut off for ten seconds forgets all people, since it may have missed an order, and
 * again every ten seconds until it hears of orders anew.
 */
export const createOrders = ({ connection, members, prefix, secret, warn, now }: Dependencies) => {
  const key = `${prefix}orders`
  const doneKey = (id: string) => `${prefix}done:${id}`
  const seal = createSeal(secret, 'vdab-gateway orders')
  let cache: Forgetting | undefined
  let last = first
  let heardAt = now()
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
    heardAt = now()
  }

  const look = async () => {
    if (now() - heardAt > deafMs) forgetAll()
    if (!connection.isOpen()) return
    // the script's shape
    const orders = (await members.run(read, key, [last])) as readonly (readonly [string, string])[]
    for (const order of orders) await carryOut(order)
    heardAt = now()
  }
  const lookOnce = () => {
    looking ??= look()
      .catch(() => undefined) // the connection has told of it
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
    /** Sets the cache that orders concern. */
    attach: (forgetting: Forgetting) => {
      cache = forgetting
    },
    /** Forgets a person on all gateways. Rejects when one that is alive has not done so in time. */
    forgetPerson: async (cvId: string): Promise<void> => {
      const id = String(await members.run(give, key, [keptMs, seal.close(cvId, key)]))
      const end = now() + patienceMs
      while (now() < end) {
        void lookOnce()
        if ((await members.run(missing, doneKey(id), [])) === 0) return
        await setTimeout(askMs)
      }
      throw new Error('a gateway did not answer in time')
    },
    close: () => {
      clearInterval(timer)
    }
  }
}

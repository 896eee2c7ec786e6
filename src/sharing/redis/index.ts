import { hkdfSync } from 'node:crypto'
import type { SharingSettings } from '../../config/sharing.ts'
import { createSharedCounters } from '../sharedCounters.ts'
import { createConnection } from './connection.ts'
import { createRedisEngine } from './engine.ts'
import { createLog } from './log.ts'
import { createOrders } from './orders.ts'
import { createQuotaParts } from './quotaParts.ts'
import { createMembers, type MemberFacts } from './members.ts'

/** Unused leases are given back after this time, so that other members can use them. */
const returnMs = 500
const reportMs = 5000
/** A request that was admitted at the end of a minute is booked slightly later. */
const graceMs = 250

type Dependencies = {
  settings: SharingSettings
  /** VDAB's limit, in calls per minute and endpoint */
  callsPerMinute: number
  facts: () => MemberFacts
  warn: (message: string) => void
  now: () => number
}

/** The state that the gateways of several machines share through Redis. */
export const createSharing = ({ settings, callsPerMinute, facts, warn, now }: Dependencies) => {
  const { prefix, members: atLeast, key } = settings
  const secret = key?.reveal() ?? ''
  const redisTime = Date.now // windows are those of Redis' clock, which no test can move
  const connection = createConnection({ settings, warn })
  const members = createMembers({ connection, prefix, facts, atLeast, warn, now: redisTime })
  const engine = createRedisEngine({ settings, secret, connection, members, redisTime, now })
  const { returnUnused, counters, exportCounters } = createSharedCounters({
    lenders: engine.lenders,
    now: redisTime,
    graceMs
  })
  const quotaParts = createQuotaParts({
    connection,
    members,
    keyOf: (endpoint) => `${prefix}vdab:${endpoint}`,
    callsPerMinute,
    floorPercent: settings.quotaFloorPercent,
    atLeast,
    now: redisTime
  })
  const orders = createOrders({ connection, members, prefix, secret, warn, now: redisTime })

  const timers = [setInterval(returnUnused, returnMs), setInterval(engine.reportLasting, reportMs)]
  for (const timer of timers) timer.unref()
  members.onWiped(engine.reportAll)
  connection.onOpen(engine.reportAll)

  return {
    counters,
    exportCounters,
    days: engine.days,
    /** Sets the cache from which orders of other gateways remove people. */
    attach: orders.attach,
    /** Removes a person's data from the caches of all gateways; rejects when a gateway did not confirm in time. */
    forgetPerson: orders.forgetPerson,
    /** the part of VDAB's limit for calls to one endpoint */
    partOf: quotaParts.partOf,
    /** the log of one of VDAB's feeds, which one gateway polls for all */
    logOf: (feed: string) => createLog({ members, prefix, secret }, feed),
    /** signs the gateway's own tokens; the same secret on each machine */
    tokenSecret: Buffer.from(hkdfSync('sha256', secret, '', 'own tokens', 32)).toString('base64url'),
    /** For /health/ready: the number of gateways, and their differences. */
    state: () => ({
      isReachable: connection.isOpen(),
      outages: connection.outages(),
      members: members.count(),
      differences: members.differences()
    }),
    /** For the metrics. */
    measures: () => {
      const differing = members.differences()
      return {
        isReachable: connection.isOpen(),
        members: members.count(),
        differences: Object.fromEntries(members.compared().map((name) => [name, differing.includes(name)])),
        commands: connection.commands()
      }
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer)
      orders.close()
      quotaParts.close()
      await members.close()
      connection.close()
    }
  }
}

export type Sharing = ReturnType<typeof createSharing>

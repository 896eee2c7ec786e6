import { createHmac, hkdfSync } from 'node:crypto'
import type { Counter } from '../../access/counters.ts'
import type { SharingSettings } from '../../config/sharing.ts'
import { counterWindows, perCounter } from '../contract.ts'
import { createLeases } from '../leases.ts'
import { createConnection } from './connection.ts'
import { createSharedDays } from './days.ts'
import { createHoldLender } from './holdLender.ts'
import { createOrders } from './orders.ts'
import { createQuotaParts } from './quotaParts.ts'
import { createMembers, type MemberFacts } from './members.ts'
import { createWindowLender } from './windowLender.ts'

/** Unused leases go back after this time, so that the others can use them. */
const returnMs = 500
const reportMs = 5000
/** A request that was let in at the end of a minute is booked a moment later. */
const graceMs = 250

type Dependencies = {
  settings: SharingSettings
  /** VDAB's limit, in calls per minute and endpoint */
  callsPerMinute: number
  facts: () => MemberFacts
  warn: (message: string) => void
  now: () => number
}

/** What the gateways of several machines share, through Redis. */
export const createSharing = ({ settings, callsPerMinute, facts, warn, now }: Dependencies) => {
  const { prefix, members: atLeast, key } = settings
  const secret = key?.reveal() ?? ''
  const redisTime = Date.now // windows are those of Redis' clock, which no test can move
  const connection = createConnection({ settings, warn })
  const members = createMembers({ connection, prefix, facts, atLeast, warn, now: redisTime })
  const hidden = (text: string) => createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22)
  const lenders = perCounter((kind) => {
    const windowMs = counterWindows[kind]
    const keyOf = (name: string) => `${prefix}${kind}:${hidden(`consumer ${name}`)}`
    const shared = { members, keyOf, atLeast }
    return windowMs === Infinity
      ? createHoldLender(shared)
      : createWindowLender({ ...shared, isOpen: connection.isOpen, windowMs, now: redisTime })
  })
  const leases = perCounter((kind) =>
    createLeases({
      isLasting: counterWindows[kind] === Infinity,
      ask: lenders[kind].lend,
      giveBack: lenders[kind].giveBack,
      now: redisTime,
      graceMs
    })
  )
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
  const { days, report: reportDays } = createSharedDays({ members, prefix, secret, now })
  const all = <T>(values: Readonly<Record<string, T>>) => Object.values(values)

  const timers = [
    setInterval(() => all(leases).forEach(({ returnUnused }) => returnUnused()), returnMs),
    setInterval(() => all(lenders).forEach(({ report, isLasting }) => isLasting && report()), reportMs)
  ]
  for (const timer of timers) timer.unref()
  const reportAll = () => {
    for (const { report } of all(lenders)) report()
    reportDays()
  }
  members.onWiped(reportAll)
  connection.onOpen(reportAll)

  const counters = perCounter((kind): Counter => leases[kind].counter)
  return {
    counters,
    exportCounters: { own: counters.exports, all: counters.allExports },
    days,
    /** Sets the cache from which orders of other gateways remove people. */
    attach: orders.attach,
    /** Forgets a person on all gateways; rejects when one did not do it in time. */
    forgetPerson: orders.forgetPerson,
    /** the part of VDAB's limit for calls to one endpoint */
    partOf: quotaParts.partOf,
    /** signs the gateway's own tokens, the same on each machine */
    tokenSecret: Buffer.from(hkdfSync('sha256', secret, '', 'own tokens', 32)).toString('base64url'),
    /** For /health/ready: how many gateways there are, and what differs between them. */
    state: () => ({
      isReachable: connection.isOpen(),
      outages: connection.outages(),
      members: members.count(),
      differences: members.differences()
    }),
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

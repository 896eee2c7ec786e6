import { createHmac } from 'node:crypto'
import type { SharingSettings } from '../../config/sharing.ts'
import { counterWindows, perCounter, type SharingEngine } from '../contract.ts'
import type { RedisConnection } from './connection.ts'
import { createSharedDays } from './days.ts'
import { createHoldLender } from './holdLender.ts'
import type { Members } from './members.ts'
import { createWindowLender } from './windowLender.ts'

type Dependencies = {
  settings: Pick<SharingSettings, 'prefix' | 'members'>
  secret: string
  connection: Pick<RedisConnection, 'isOpen'>
  members: Members
  /** the clock of the windows: that of Redis, which no test can move */
  redisTime: () => number
  /** the clock of the days */
  now: () => number
}

/** The engine on Redis: the parts of limits and the daily sets of one member. */
export const createRedisEngine = ({ settings, secret, connection, members, redisTime, now }: Dependencies) => {
  const { prefix, members: atLeast } = settings
  const hidden = (text: string) => createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22)
  const lenders = perCounter((kind) => {
    const windowMs = counterWindows[kind]
    const keyOf = (name: string) => `${prefix}${kind}:${hidden(`consumer ${name}`)}`
    const shared = { members, keyOf, atLeast }
    return windowMs === Infinity
      ? createHoldLender(shared)
      : createWindowLender({ ...shared, isOpen: connection.isOpen, windowMs, now: redisTime })
  })
  const { days, report: reportDays } = createSharedDays({ members, prefix, secret, now })
  const all = Object.values(lenders)
  return {
    lenders,
    days,
    /** Reports the lasting amounts that this member holds. */
    reportLasting: () => {
      for (const { report, isLasting } of all) if (isLasting) report()
    },
    /** Reports all that this member holds, after Redis may have lost it. */
    reportAll: () => {
      for (const { report } of all) report()
      reportDays()
    }
  } satisfies SharingEngine & Record<string, unknown>
}

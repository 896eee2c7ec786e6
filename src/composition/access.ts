import { createAudit } from '../access/audit.ts'
import { authenticate } from '../access/authenticate.ts'
import { createConsumers, demoConsumers, type Consumer } from '../access/consumers.ts'
import { createDailyQuota } from '../access/dailyQuota.ts'
import { createOwnTokens, randomTokenSecret } from '../access/ownTokens.ts'
import { createQuotas } from '../access/quotas.ts'
import { createRecorder } from '../access/record.ts'
import { originOf } from '../access/refusalDelay.ts'
import { createSessions, type Shown } from '../access/sessions.ts'
import { createTokens } from '../access/tokens.ts'
import { watchConsumers } from '../access/watchConsumers.ts'
import type { Core } from './core.ts'

/** Consumers, their keys, tokens and sessions, their quotas, and the audit log. Throws ConfigError. */
export const createAccess = async ({ app, config, now, events, refusalDelay, shared, warn }: Core) => {
  const { consumersFile, auth, auditFile, auditMaxBytes, cvsPerDay, graphql } = config
  const { consumers, stop } =
    consumersFile === undefined
      ? { consumers: createConsumers(demoConsumers), stop: () => {} }
      : watchConsumers(consumersFile, app.log)
  const tokens = auth && createTokens({ ...auth, now })
  const secret = config.tokenSecret?.reveal() ?? shared?.tokenSecret ?? randomTokenSecret()
  const ownTokens = createOwnTokens({ consumers, secret, now })
  const authenticateRequest = (shown: Shown) => authenticate(shown, { consumers, tokens, ownTokens })
  const sessions = createSessions({ authenticate: authenticateRequest, consumers, now })
  const audit = createAudit({ file: auditFile, maxBytes: auditMaxBytes, sink: shared?.auditSink, now, warn })
  const dailyQuota = createDailyQuota({ cvsPerDay, now, days: shared?.days })
  return {
    consumers,
    tokens,
    ownTokens,
    authenticate: authenticateRequest,
    sessions,
    audit,
    record: createRecorder({ audit, dailyQuota, now, on: (event) => void events.emit('personalRead', event) }),
    ...(await createQuotas(app, {
      ...config,
      maxCost: graphql.maxCost,
      now,
      counters: shared?.counters,
      onBooked: (consumer, price) => void events.emit('booked', consumer, price)
    })),
    /** Delays the answer to a consumer that is refused many times; undefined = it is sent at once. */
    holdRefusal: (consumer: Consumer) => refusalDelay.hold(originOf({ consumer, ip: undefined })),
    close: async () => {
      sessions.close()
      stop()
      await audit.close()
    }
  }
}

export type Access = Awaited<ReturnType<typeof createAccess>>

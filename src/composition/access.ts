import { createAudit } from '../access/audit.ts'
import { temporaryAuditFile } from '../access/auditFiles.ts'
import { logHead } from '../access/auditHead.ts'
import { createPolicy } from '../access/auditPolicy.ts'
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
import { readSchema } from '../schema/index.ts'
import type { Core } from './core.ts'

/** AUDIT_FILE, or on the embedded simulator a temporary file, which all workers share; undefined = stdout. */
const auditFileOf = ({ app, config, shared }: Core): string | undefined => {
  if (config.auditFile !== undefined || config.vdab.url || shared) return config.auditFile ?? shared?.auditFile
  const file = temporaryAuditFile()
  if (file !== undefined) app.log.info(`audit records of this simulator go to ${file}; AUDIT_FILE names another file`)
  return file
}

/** Consumers, their keys, tokens and sessions, their quotas, and the audit log. Throws ConfigError. */
export const createAccess = async (core: Core) => {
  const { app, config, now, events, refusalDelay, shared, sharing, warn } = core
  const { consumersFile, auth, cvsPerDay, graphql } = config
  const { consumers, stop } =
    consumersFile === undefined
      ? { consumers: createConsumers(demoConsumers), stop: () => {} }
      : watchConsumers(consumersFile, app.log)
  const tokens = auth && createTokens({ ...auth, now })
  const secret = config.tokenSecret?.reveal() ?? (shared ?? sharing)?.tokenSecret ?? randomTokenSecret()
  const ownTokens = createOwnTokens({ consumers, secret, now })
  const authenticateRequest = (shown: Shown) => authenticate(shown, { consumers, tokens, ownTokens })
  const sessions = createSessions({ authenticate: authenticateRequest, consumers, now })
  const audit = createAudit({
    file: auditFileOf(core),
    maxBytes: config.auditMaxBytes,
    keepDays: config.auditKeepDays,
    key: config.auditChainKey?.reveal(),
    policy: createPolicy({ schema: readSchema(), consumers, issuer: auth?.issuer }),
    sink: shared?.auditSink,
    now,
    warn,
    onHead: logHead(app.log)
  })
  const dailyQuota = createDailyQuota({ cvsPerDay, now, days: (shared ?? sharing)?.days })
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
      counters: (shared ?? sharing)?.counters,
      onBooked: (consumer, price) => void events.emit('booked', consumer, price)
    })),
    /** Delays the response to a consumer with many refused requests; undefined = the response is sent at once. */
    holdRefusal: (consumer: Consumer) => refusalDelay.hold(originOf({ consumer, ip: undefined })),
    close: async () => {
      sessions.close()
      stop()
      await audit.close()
    }
  }
}

export type Access = Awaited<ReturnType<typeof createAccess>>

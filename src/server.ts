import { consumerAtOnce } from './access/authenticate.ts'
import { maxAgeOf } from './access/maxAge.ts'
import { openAbonnementen } from './composition/abonnementen.ts'
import { createAccess } from './composition/access.ts'
import { createContexts } from './composition/contexts.ts'
import { createCore } from './composition/core.ts'
import { registerRoutes, registerHooks } from './composition/routes.ts'
import { createGraphql } from './composition/graphql.ts'
import { registerLifecycle } from './composition/lifecycle.ts'
import { createTelemetry } from './composition/telemetry.ts'
import { createUpstream, watchDrift } from './composition/upstream.ts'
import type { Config } from './config/index.ts'
import { createFastPath } from './fastPath/index.ts'
import type { Options } from './options.ts'

export { fileProblems, nearestFolder } from './composition/files.ts'

/**
 * Builds the gateway, without listening. The parts are built in the order of their dependencies: VDAB, access, the
 * GraphQL pipeline, the routes. Throws ConfigError when the consumers, the trusted documents or the address of VDAB are
 * invalid.
 */
export const buildServer = async (config: Config, options: Options = {}) => {
  const core = await createCore(config, options)
  const { app, requests, derived, pendingRequests, stopping, stream, now } = core
  const upstream = await createUpstream(core)
  const { vdab, changes, health, onSimulator, embedded } = upstream
  const access = await createAccess(core)
  const { consumers, tokens, ownTokens, limits, budget, holdRefusal } = access
  const isOverloaded = await registerHooks(core, access, upstream)
  const contexts = createContexts({ vdab, enrichment: upstream.enrichment, ...config.vdab })
  const graphql = await createGraphql(core, access, contexts)
  const drift = watchDrift(core, upstream, graphql)
  const { schema, engine, pipeline } = graphql
  const accelerator = config.fastPath
    ? createFastPath({
        app,
        schema,
        engine,
        pipeline,
        limits,
        budget,
        vdab,
        requests,
        derived,
        cacheAnswers: config.cacheAnswers,
        consumerOf: (credential) => consumerAtOnce(credential, { consumers, tokens, ownTokens }),
        consumersEdition: consumers.edition,
        wantsFresher: ({ consumer, headers }) => maxAgeOf(consumer, headers) !== undefined,
        mayWantFresher: ({ scopes }) => scopes.has('beheer'),
        logsUnknownDocuments: config.trustedDocuments.mode === 'warn',
        corsOrigins: config.corsOrigins,
        hold: holdRefusal,
        isStopping: () => stopping.isStopping() || isOverloaded(),
        pendingRequests,
        follow: core.traces?.request,
        stream,
        now,
        onAnswered: (event) => void core.events.emit('answered', event),
        onLookup: (event) => void core.events.emit('answerLookup', event)
      })
    : undefined
  const abonnementen = openAbonnementen(core, access, upstream)
  registerRoutes({ core, upstream, access, contexts, graphql, drift, abonnementen, accelerator })
  const operator = createTelemetry(core, access, upstream)
  registerLifecycle(core, access, upstream, abonnementen)
  return {
    app,
    /** the address of METRICS_PORT, once it listens */
    operatorUrl: operator.url,
    events: core.events,
    drain: stopping.drain,
    changes,
    health,
    onSimulator,
    simulatorUrl: options.shared ? undefined : embedded?.url,
    vdab
  }
}

import accepts from '@fastify/accepts'
import { registerAbonnementen } from '../abonnementen/door.ts'
import type { Abonnementen } from '../abonnementen/index.ts'
import { registerBeheer } from '../access/beheer.ts'
import { originOf } from '../access/refusalDelay.ts'
import { admit } from '../access/sessions.ts'
import { registerWijzigingen } from '../changes/door.ts'
import { registerExport } from '../export/index.ts'
import type { OperationAccelerator } from '../graphql/accelerator.ts'
import { registerGraphql } from '../graphql/door.ts'
import { createEventStream } from '../graphql/eventStream.ts'
import { registerGraphiql } from '../graphql/graphiql/index.ts'
import { registerSchemaText } from '../graphql/schemaText.ts'
import { createSocket } from '../graphql/socket.ts'
import { createSubscriptions } from '../graphql/subscriptions.ts'
import { answeredEvent, registerAnswered, type Answered } from '../http/answered.ts'
import { registerCors } from '../http/cors.ts'
import { registerHealth } from '../http/health.ts'
import { watchMethods } from '../http/methods.ts'
import { registerOverload } from '../http/overload.ts'
import { registerPages } from '../http/pages/index.ts'
import { registerUpgrades } from '../http/upgrades.ts'
import { registerSecurity } from '../http/securityHeaders.ts'
import { registerWeb } from '../http/web.ts'
import { toGatewayError } from '../http/errorAnswers.ts'
import type { RecordsAccelerator } from '../openservices/accelerator.ts'
import { registerOpenservices } from '../openservices/door.ts'
import { registerTokenDoor } from '../openservices/tokenDoor.ts'
import { toVersionTwo } from '../openservices/versionTwo.ts'
import { registerRest } from '../rest/door.ts'
import { registerDescription } from '../rest/openapi/index.ts'
import { createForms } from '../rest/forms/index.ts'
import { readOperations } from '../rest/operationsFile.ts'
import { prepareRow } from '../rest/prepare.ts'
import { rows } from '../rest/rows.ts'
import { printSdl } from '../schema/index.ts'
import type { Drift } from '../vdab/drift.ts'
import { createCheckFilter, offReasonOf } from './abonnementen.ts'
import type { Access } from './access.ts'
import type { Contexts } from './contexts.ts'
import type { Core } from './core.ts'
import type { Graphql } from './graphql.ts'
import { forgetOnAllMachines } from './sharing.ts'
import type { Upstream } from './upstream.ts'

type Parts = {
  core: Core
  upstream: Upstream
  access: Access
  contexts: Contexts
  graphql: Graphql
  drift: Drift
  abonnementen: Abonnementen | undefined
  accelerator: (OperationAccelerator & RecordsAccelerator) | undefined
}

/**
 * Registers the hooks of all routes: WebSocket upgrades, security headers, CORS, authentication, the access log.
 * Resolves to a function that tests whether the process is overloaded.
 */
export const registerHooks = async (core: Core, access: Access, { onSimulator }: Upstream) => {
  const { app, config, pendingRequests, refusalDelay, warn } = core
  core.traces?.request.watch(app)
  pendingRequests.watch(app)
  await app.register(accepts)
  const isOverloaded = await registerOverload(app, { ...config.overload, warn })
  await registerUpgrades(app, { maxBytes: config.graphql.maxBodyBytes })
  await registerSecurity(app)
  await registerCors(app, config.corsOrigins)
  registerWeb(app, {
    onSimulator,
    authenticate: ({ raw }) => access.authenticate(raw),
    visitOf: access.sessions.visitOf,
    refusalDelay,
    traceIdOf: core.traces?.request.traceIdOf
  })
  registerAnswered(app, (event) => void core.events.emit('answered', event))
  return isOverloaded
}

const registerGraphqlRoutes = ({ core, upstream, access, graphql: { pipeline }, accelerator }: Parts) => {
  const { app, config, refusalDelay } = core
  const onAnswered = (event: Answered) => void core.events.emit('answered', event)
  const { sessions, connections } = access
  const { liveOf, onSimulator } = upstream
  const subscribe = createSubscriptions({ pipeline, concurrencyLimit: access.subscriptions, liveOf })
  const eventStream = createEventStream(app, { pipeline, subscribe, sessions, onAnswered, ...config.stream })
  const socket = createSocket({
    pipeline,
    subscribe,
    sessions,
    concurrencyLimit: connections,
    admit,
    holdAddress: (ip) => refusalDelay.hold(originOf({ ip })),
    toGatewayError,
    corsOrigins: config.corsOrigins,
    settings: { ...config.live, ...config.stream },
    onSimulator,
    onAnswered
  })
  registerGraphql(app, { pipeline, socket, eventStream, accelerator, toGatewayError, ...config.graphql })
  registerSchemaText(app, { text: printSdl(), limits: access.limits })
  const demo = config.consumersFile === undefined
  registerGraphiql(app, { simulator: onSimulator, demo, change: demo ? upstream.demoChange : undefined })
}

const registerRestRoutes = ({ core, upstream, access, contexts, graphql, accelerator }: Parts) => {
  const { app, config, now, shared, sharing } = core
  const { vdab, changes, details } = upstream
  const { limits, budget, sessions, record } = access
  const { redaction } = graphql
  const { causeOf, vdabOf } = contexts
  const vdabVersion = config.vdab.profile
  const parameterNames = { strict: config.openservicesStrict, extra: config.vdab.extraParameters }
  registerOpenservices(app, {
    parameterNames,
    limits,
    budget,
    record,
    vdabOf,
    redaction,
    vdabVersion,
    accelerator,
    toGatewayError
  })
  registerTokenDoor(app, { ownTokens: access.ownTokens, toGatewayError })
  registerExport(app, {
    settings: { ...config.export, batchSize: config.vdab.batchMax },
    changes,
    limits,
    budget,
    sessions,
    redaction,
    toVersionTwo: vdabVersion === 'v4' ? toVersionTwo : (record) => record,
    vdab,
    records: (ids, cause) => details.fetch(ids, { cause }),
    counters: (shared ?? sharing)?.exportCounters,
    toGatewayError,
    now
  })
  registerWijzigingen(app, {
    changes,
    limits,
    budget,
    sessions,
    settings: config.stream,
    counter: (shared ?? sharing)?.counters.streams,
    causeOf,
    filterwaardenOf: upstream.enrichment.levensloop?.laatsteWaarden,
    toGatewayError,
    onEvent: (request, code) => void core.events.emit('answered', answeredEvent(request, code))
  })
}

const registerApiRoutes = ({
  core: { app, config, manifest = new Map() },
  upstream: { enrichment },
  access: { limits },
  graphql,
  accelerator
}: Parts) => {
  const { schema, pipeline } = graphql
  const { restOperationsFile: file } = config
  const own = file === undefined ? [] : readOperations(schema, { file, manifest })
  const formsOf = createForms({ settings: config.enrichment, wasKnown: enrichment.jobPosting?.wasKnown })
  const prepared = [...rows.map((row) => prepareRow(schema, row, formsOf)), ...own]
  registerRest(app, { rows: prepared, schema, pipeline, limits, accelerator, toGatewayError })
  registerDescription(app, { schema, rows: prepared })
}

const registerAbonnementenRoutes = ({ core, upstream, access, contexts, graphql, abonnementen }: Parts) => {
  registerAbonnementen(core.app, {
    abonnementen,
    offReason: offReasonOf(core, upstream),
    schema: graphql.schema,
    consumers: access.consumers,
    limits: access.limits,
    budget: access.budget,
    checkFilter: createCheckFilter(contexts)
  })
}

const registerOperatorRoutes = ({ core, upstream, access, graphql: { redaction }, drift }: Parts) => {
  const { app, config, derived, requests, shared, sharing, stopping } = core
  const { vdab, health, changes, cached, quota, onSimulator } = upstream
  registerBeheer(app, {
    audit: access.audit,
    limits: access.limits,
    isId: (text) => config.vdab.idPattern.test(text),
    forgetPerson: async (cvId) => {
      vdab.forgetPerson(cvId)
      await shared?.forgetPerson(cvId)
      await forgetOnAllMachines(sharing, cvId)
    }
  })
  registerHealth(app, {
    health,
    changes,
    cached,
    derived,
    requests,
    dropped: redaction.dropped,
    drift: drift.found,
    quota,
    onSimulator,
    isDraining: stopping.isDraining,
    worker: shared?.info,
    sharing: sharing?.state
  })
  registerPages(app, {
    health,
    changes,
    onSimulator,
    hasDemoKeys: config.consumersFile === undefined,
    profile: config.vdab.profile,
    isDraining: stopping.isDraining
  })
}

/** Registers every route of the gateway. */
export const registerRoutes = (parts: Parts) => {
  const methods = watchMethods(parts.core.app)
  registerGraphqlRoutes(parts)
  registerRestRoutes(parts)
  registerApiRoutes(parts)
  registerAbonnementenRoutes(parts)
  registerOperatorRoutes(parts)
  void methods.refuseOthers()
}

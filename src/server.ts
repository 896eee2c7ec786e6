import { EventEmitter } from 'node:events'
import accepts from '@fastify/accepts'
import fastify from 'fastify'
import { forPresent } from './access/requestContext.ts'
import type { RequestContext } from './access/requestContext.ts'
import { createAudit } from './access/audit.ts'
import { authenticate, consumerOf, requireAccess } from './access/authenticate.ts'
import { registerBeheer } from './access/beheer.ts'
import { createDailyQuota } from './access/dailyQuota.ts'
import { createCounts } from './access/quotas.ts'
import { createConsumers, demoConsumers, loadConsumers } from './access/consumers.ts'
import type { Consumer } from './access/consumers.ts'
import { maxAgeOf } from './access/maxAge.ts'
import { createRefusalDelay, originOf } from './access/refusalDelay.ts'
import { createPersonal } from './access/personal.ts'
import { protect } from './access/persoonsgegevens.ts'
import { createRecorder } from './access/record.ts'
import { createRedaction } from './access/redaction.ts'
import { guard } from './access/scope.ts'
import { admit, createSessions } from './access/sessions.ts'
import type { Shown } from './access/sessions.ts'
import { createTokens, isToken } from './access/tokens.ts'
import { stampOf, watchConsumers } from './access/reloadConsumers.ts'
import { createFastPath } from './fastPath/index.ts'
import { createPendingRequests } from './http/pendingRequests.ts'
import { createCached } from './cache/cached.ts'
import { createDerived } from './cache/derived.ts'
import { createMemoryTier } from './cache/memory.ts'
import { createRequestCache } from './cache/requestCache.ts'
import { eighths } from './cache/shares.ts'
import { createChanges } from './changes/changes.ts'
import type { Change, Changes } from './changes/changes.ts'
import { registerWijzigingen } from './changes/door.ts'
import { createLive } from './changes/live.ts'
import type { Config } from './config/index.ts'
import type { Context, Live } from './context.ts'
import { registerCors } from './http/cors.ts'
import { exactJson } from './formats/exactJson.ts'
import { createPipeline } from './graphql/pipeline.ts'
import type { Waiting } from './graphql/pipeline.ts'
import { createDocuments, loadManifest } from './graphql/trustedDocuments.ts'
import { registerGraphql } from './graphql/door.ts'
import { createEngine } from './graphql/engine.ts'
import { createEventStream } from './graphql/eventStream.ts'
import { createSubscriptions } from './graphql/subscriptions.ts'
import { registerGraphiql } from './graphql/graphiql/index.ts'
import { createSocket } from './graphql/socket.ts'
import { createTurns } from './graphql/turns.ts'
import { keepAlive } from './graphql/wire.ts'
import { registerHealth } from './http/health.ts'
import { createLogStream } from './http/log.ts'
import { registerCopies } from './export/index.ts'
import { registerOpenservices } from './openservices/door.ts'
import { asVdabSends, fromVersionFour } from './openservices/versionTwo.ts'
import type { Options } from './options.ts'
import { attachResolvers } from './resolvers/index.ts'
import { readSchema } from './schema/index.ts'
import { reachVdab } from './vdab/embeddedSimulator.ts'
import { createBatcher } from './upstream/batcher.ts'
import { createClient } from './upstream/client.ts'
import { createCredentials } from './upstream/credentials/index.ts'
import { reportCredentials } from './upstream/credentials/report.ts'
import type { CallEvent, Cause } from './upstream/client.ts'
import { createDetails } from './upstream/details.ts'
import type { GatewayError } from './errors.ts'
import { isOutage } from './upstream/failures.ts'
import { createHealth } from './upstream/health.ts'
import { createQuota } from './upstream/quota/index.ts'
import { sourceTextOf } from './upstream/json.ts'
import { createWait } from './upstream/wait.ts'
import { createWarmUp } from './upstream/warmUp.ts'
import { registerUpgrades } from './http/upgrades.ts'
import { createVdab } from './vdab/lookup.ts'
import { createWarnings } from './http/warnings.ts'
import { watchStopping } from './http/stopping.ts'
import { registerSecurity, registerWeb, toGatewayError, webOptions } from './http/web.ts'

/**
 * Builds the whole gateway, not yet listening. Throws ConfigError when consumers or simulator are not as they must be.
 */
export const buildServer = async (
  config: Config,
  { now = Date.now, stream = createLogStream(), onCache = () => {}, onCall = () => {}, shared }: Options = {}
) => {
  const { mode, file } = config.trustedDocuments
  const shareOf = (part: keyof typeof eighths) => (eighths[part] * config.cacheMaxBytes) / 8
  const requests = createRequestCache({ maxBytes: shareOf('requests') })
  const isId = (text: string) => config.vdab.idPattern.test(text)
  const documents = createDocuments({
    mode,
    manifest: file === undefined ? undefined : loadManifest(file),
    containsId: (text) => config.vdab.idWithin.test(text),
    registered: requests.cache()
  })
  const refusalDelay = createRefusalDelay({ holdMs: config.refusalDelayMs, now })
  const app = fastify(webOptions(config, stream, refusalDelay))
  const warn = createWarnings({ log: app.log, now })
  const isStopping = watchStopping(app) // before anything else adds a hook

  // VDAB, or who stands in for it
  const { settings, onSimulator, embedded } = await reachVdab(config, shared?.simulatorUrl)
  const { consumersFile } = config
  const since = consumersFile === undefined ? '' : stampOf(consumersFile)
  const consumers = createConsumers(consumersFile === undefined ? demoConsumers : loadConsumers(consumersFile))
  const tokens = config.auth && createTokens({ ...config.auth, now })

  // cache, batcher, wire
  const calls = new EventEmitter<{ call: [CallEvent] }>()
  calls.on('call', ({ endpoint, status, ms, transaction, requestId, error }) => {
    const isWell = status !== undefined && (status < 400 || status === 404)
    app.log[isWell ? 'debug' : 'warn'](
      { endpoint, status, ms, transaction, requestId, cause: error?.cause },
      'VDAB was called'
    )
  })
  calls.on('call', onCall)
  const tokenCalls = new EventEmitter<{ call: [GatewayError | undefined] }>()
  const report = reportCredentials(app.log)
  tokenCalls.on('call', report.onToken)
  const credentials = createCredentials({
    settings,
    grant: settings.token && shared?.grant,
    note: report.note,
    onToken: (error) => {
      tokenCalls.emit('call', error)
    },
    now
  })
  const quota = shared?.quota ?? createQuota({ settings: settings.quota, now })
  const client = createClient({
    settings,
    credentials,
    quota,
    now,
    on: (event) => {
      calls.emit('call', event)
    }
  })
  const derived = createDerived<unknown>({ maxBytes: shareOf('answers') })
  const cached = createCached({
    tier: createMemoryTier({ maxBytes: shareOf('records') }),
    openBytes: shareOf('objects'),
    json: exactJson,
    now,
    on: onCache,
    isOutage,
    textOf: sourceTextOf
  })
  const pendingRequests = createPendingRequests()
  const turns = createTurns()
  const { batchWindowMs: windowMs, batchMax: max, postField } = config.vdab
  const details = createDetails({ client, postField, max, warn, now })
  const batcher = createBatcher({
    windowMs,
    max,
    fetch: details.fetch,
    isAnyoneAtDoor: () => pendingRequests.isAnyone() || turns.isAnyoneWaiting(),
    isRequestedByOthers: client.isRequestedByOthers
  })
  const feeds: Pick<Changes, 'isFollowed'> = { isFollowed: () => false } // until they are there
  const vdab = createVdab({
    settings: config.vdab,
    client,
    cached,
    spelled: requests.cache(),
    loadVacature: batcher.load,
    loadByReferentie: details.byReferentie,
    lives: config.lives,
    isFollowed: (name) => feeds.isFollowed(name),
    changedEverywhere: shared?.changed,
    warn,
    now
  })
  shared?.attach(vdab)
  const health = createHealth({ probe: vdab.probe, now })
  calls.on('call', (event) => {
    health.note(event)
  })
  tokenCalls.on('call', (error) => {
    health.noteToken(error)
  })

  const warmUp = createWarmUp({
    load: vdab.loadLijst,
    atOnce: config.vdab.backgroundConcurrency,
    keepIdleConnections: client.keepIdleConnections
  })

  // what changes at VDAB
  const changes = createChanges({
    vdab: shared ? { ...vdab, changed: shared.changed } : vdab,
    settings: config.feed,
    maxDays: config.vdab.bulkMaxDays,
    warn,
    now,
    sourceOf: shared?.sourceOf
  })
  feeds.isFollowed = changes.isFollowed

  const fetchRecord = async ({ noun, id, status }: Change) =>
    noun === 'vacature' && status === 'GEPUBLICEERD'
      ? vdab
          .for({ upstreamCalls: 0, isBackground: () => true })
          .at()
          .detail(noun, id)
      : undefined
  const liveOf =
    config.feed.intervalMs === 0 ? undefined : createLive({ changes, fetchRecord, maxBytes: config.stream.maxBytes })

  // what a request reaches
  // Each answer has its own time, an event of a subscription too; what feeds those has no end but that of its reader.
  const causeOf = (
    requestContext: RequestContext,
    { since = performance.now(), isGone = () => requestContext.isGone() }: Partial<Waiting> = {}
  ): Cause => ({
    upstreamCalls: 0,
    requestId: requestContext.id,
    consumer: requestContext.consumer,
    wait: createWait({ totalMs: config.vdab.totalTimeoutMs, since, isGone })
  })
  const vdabOf = (requestContext: RequestContext, waiting?: Partial<Waiting>) =>
    vdab.for(causeOf(requestContext, waiting), { maxAgeMs: maxAgeOf(requestContext.consumer, requestContext.headers) })
  const asksFresher = ({ consumer, headers }: RequestContext) => maxAgeOf(consumer, headers) !== undefined
  const contextOf = (
    requestContext: RequestContext,
    { live, ...waiting }: Partial<Waiting> & { live?: Live | undefined } = {}
  ): Context => ({
    consumer: requestContext.consumer,
    requireScope: (scope: string) => {
      requireAccess(requestContext, scope)
    },
    vdab: vdabOf(requestContext, waiting),
    personal: createPersonal(),
    live
  })

  // what people are seen is on record
  const audit = createAudit({
    file: config.auditFile,
    maxBytes: config.auditMaxBytes,
    sink: shared?.auditSink,
    now,
    warn
  })
  const record = createRecorder({
    audit,
    ceiling: createDailyQuota({ cvsPerDay: config.cvsPerDay, now, days: shared?.days }),
    now
  })

  // the doors
  pendingRequests.watch(app)
  const hold = (consumer: Consumer) => refusalDelay.hold(originOf({ consumer, ip: undefined }))
  const authenticateCredentials = (shown: Shown) => authenticate(shown, { consumers, tokens })
  const sessions = createSessions({ authenticate: authenticateCredentials, consumers, now })
  await app.register(accepts)
  await registerUpgrades(app, { maxBytes: config.graphql.maxBodyBytes })
  await registerSecurity(app)
  registerCors(app, config.corsOrigins)
  registerWeb(app, {
    onSimulator,
    authenticate: ({ raw }) => authenticateCredentials(raw),
    visitOf: sessions.visitOf,
    refusalDelay
  })
  const { limits, budget, connections, subscriptions } = await createCounts(app, {
    ...config,
    maxCost: config.graphql.maxCost,
    now,
    counters: shared?.counters
  })
  const schema = guard(protect(attachResolvers(readSchema(), { texts: () => requests.cache<string>() })))
  const redaction = createRedaction(schema, {
    onDropped: (type) => {
      warn(`VDAB sends members of ${type} that the schema does not know; they are left out.`)
    }
  })
  const engine = await createEngine(app, { schema, documents, shared: requests, settings: config.graphql })
  const pipeline = createPipeline({
    engine,
    limits,
    budget,
    record,
    contextOf,
    forPresent,
    hold,
    turns,
    toGatewayError
  })
  const accelerator = config.fastPath
    ? createFastPath({
        app,
        schema,
        engine,
        pipeline,
        turns,
        limits,
        budget,
        vdab,
        requests,
        derived,
        keeps: config.cacheAnswers,
        consumerOf: (key) => (tokens && isToken(key) ? undefined : consumerOf(key, consumers)),
        edition: consumers.edition,
        asksFresher,
        mayAskFresher: ({ scopes }) => scopes.has('beheer'),
        looksAtEach: mode === 'warn',
        corsOrigins: config.corsOrigins,
        hold,
        isStopping,
        pendingRequests,
        stream,
        now
      })
    : undefined
  const following = createSubscriptions({ asking: pipeline, seats: subscriptions, liveOf })
  const eventStream = createEventStream(app, { asking: pipeline, following, sessions, ...config.stream })
  const socket = createSocket({
    asking: pipeline,
    following,
    sessions,
    seats: connections,
    admit,
    holdAddress: (ip) => refusalDelay.hold(originOf({ ip })),
    toGatewayError,
    corsOrigins: config.corsOrigins,
    settings: { ...config.live, ...config.stream },
    onSimulator
  })
  registerGraphql(app, {
    pipeline,
    socket,
    eventStream,
    accelerator,
    toGatewayError,
    ...config.graphql
  })
  registerOpenservices(app, {
    limits,
    budget,
    record,
    vdabOf,
    redaction,
    versions: config.vdab.profile === 'v4' ? fromVersionFour : asVdabSends,
    accelerator,
    toGatewayError
  })
  registerCopies(app, {
    settings: { ...config.copies, batchSize: config.vdab.batchMax },
    changes,
    limits,
    budget,
    sessions,
    redaction,
    vdab,
    records: (ids, cause) => details.fetch(ids, { cause }),
    places: shared?.places,
    toGatewayError,
    now
  })
  registerWijzigingen(app, {
    changes,
    limits,
    budget,
    sessions,
    settings: config.stream,
    tally: shared?.counters.streams,
    causeOf,
    toGatewayError
  })
  registerGraphiql(app, { simulator: onSimulator, demo: consumersFile === undefined })
  registerBeheer(app, {
    audit,
    limits,
    isId,
    forgetPerson: async (cvId) => {
      vdab.forgetPerson(cvId)
      await shared?.forgetPerson(cvId)
    }
  })
  registerHealth(app, {
    health,
    changes,
    cached,
    derived,
    requests,
    dropped: redaction.dropped,
    quota,
    onSimulator,
    worker: shared?.standing
  })

  const stopWatching =
    consumersFile === undefined
      ? undefined
      : watchConsumers(consumersFile, {
          since,
          consumers,
          note: (message) => {
            app.log.info(message)
          },
          warn: (message) => {
            app.log.error(message)
          }
        })
  const sweeping = setInterval(() => {
    vdab.dropStalePeople()
  }, 30_000).unref()
  const stopPinging = keepAlive(app.websocketServer.clients, config.stream.heartbeatMs)
  // Streams end before the server waits for what is under way.
  app.addHook('preClose', async () => {
    changes.stop()
    warmUp.stop()
  })
  app.addHook('onListen', async () => {
    changes.start()
    if (config.warmStart) warmUp.start()
  })
  app.addHook('onClose', async () => {
    stopPinging()
    sessions.close()
    stopWatching?.()
    clearInterval(sweeping)
    await audit.close()
    await client.close()
    await credentials.close()
    await embedded?.close()
  })
  return { app, changes, health, onSimulator, simulatorUrl: shared ? undefined : embedded?.url, vdab }
}

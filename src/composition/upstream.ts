import { EventEmitter } from 'node:events'
import { createCached } from '../cache/cached.ts'
import { createMemoryTier } from '../cache/memory.ts'
import { createChanges, type Change, type Changes } from '../changes/changes.ts'
import { readCursor } from '../changes/cursor.ts'
import { createLive } from '../changes/live.ts'
import { createEnrichment, type Enrichment } from '../enrichment/index.ts'
import type { GatewayError } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'
import { filterwaardenOf } from '../resolvers/filter.ts'
import { plainText } from '../resolvers/html.ts'
import { createBatcher } from '../upstream/batcher.ts'
import { logCall } from '../upstream/callLog.ts'
import { createClient } from '../upstream/client.ts'
import { createCredentials } from '../upstream/credentials/index.ts'
import { reportCredentials } from '../upstream/credentials/report.ts'
import { createDetails } from '../upstream/details.ts'
import { isOpenData, type EndpointName } from '../upstream/endpoints.ts'
import { isOutage } from '../upstream/failures.ts'
import { createHealth } from '../upstream/health.ts'
import { createQuota } from '../upstream/quota/index.ts'
import { sourceTextOf } from '../upstream/json.ts'
import { readPage, vacatureId, type VdabRecord } from '../upstream/records.ts'
import { createWarmUp } from '../upstream/warmUp.ts'
import { createDemoChange } from '../vdab/demoChange.ts'
import { createDrift } from '../vdab/drift.ts'
import { reachVdab } from '../vdab/embeddedSimulator.ts'
import { createVdab, type Vdab } from '../vdab/lookup.ts'
import type { Core } from './core.ts'
import type { Graphql } from './graphql.ts'
import { openState, followLives, type OpenedState } from './state.ts'

type Answers = EventEmitter<{ answer: [EndpointName, unknown] }>

const createCache = (
  { now, events, shareOf, far }: Pick<Core, 'now' | 'events' | 'shareOf' | 'far'>,
  answers: Answers
) =>
  createCached({
    tier: createMemoryTier({ maxBytes: shareOf('records') }),
    openBytes: shareOf('objects'),
    json: exactJson,
    now,
    on: (event) => events.emit('cache', event),
    isOutage,
    textOf: sourceTextOf,
    // Values from the far cache feed the enrichment, like VDAB's responses. Every row of the cache is an endpoint.
    far: far && { ...far, onFound: (row, answer) => void answers.emit('answer', row as EndpointName, answer) }
  })

/** Connects to VDAB, or to the simulator: the client, the cache, and the batcher of calls for single records. */
const connect = async (core: Core) => {
  const { app, config, now, events, shared, warn } = core
  const { settings, onSimulator, embedded } = await reachVdab(config, shared?.simulatorUrl)
  events.on('call', logCall(app.log))
  const tokenCalls = new EventEmitter<{ call: [GatewayError | undefined] }>()
  const { note, onToken } = reportCredentials(app.log)
  tokenCalls.on('call', onToken)
  const credentials = createCredentials({
    settings,
    grant: settings.token && shared?.grant,
    note,
    onToken: (error) => {
      tokenCalls.emit('call', error)
      events.emit('tokenCall', { code: error?.code })
    },
    now
  })
  const answers: Answers = new EventEmitter()
  const quota = shared?.quota ?? createQuota({ settings: settings.quota, now, partOf: core.sharing?.partOf })
  const client = createClient({
    settings,
    credentials,
    quota,
    now,
    follow: core.traces?.call,
    on: (event) => events.emit('call', event),
    onAnswer: (name, answer) => answers.emit('answer', name, answer)
  })
  const cached = createCache(core, answers)
  const { batchWindowMs: windowMs, batchMax: max, postField } = config.vdab
  const details = createDetails({ client, postField, max, warn, now })
  const batcher = createBatcher({
    windowMs,
    max,
    fetch: details.fetch,
    hasPendingRequests: () => core.pendingRequests.hasAny() || core.turns.hasWaiting(),
    isRequestedByOthers: client.isRequestedByOthers,
    onBatch: (size) => void events.emit('batch', { size })
  })
  const simulatorUrl = onSimulator ? settings.url : undefined
  return {
    simulatorUrl,
    tokenCalls,
    answers,
    credentials,
    quota,
    client,
    cached,
    details,
    batcher,
    onSimulator,
    embedded
  }
}

type Connection = Awaited<ReturnType<typeof connect>>

/** Fetches a changed vacancy into the cache, for the subscriptions that need it. */
const createRecordFetcher =
  (vdab: Vdab) =>
  async ({ noun, id, status }: Change) =>
    noun === 'vacature' && status === 'GEPUBLICEERD'
      ? vdab
          .for({ upstreamCalls: 0, isBackground: () => true })
          .at()
          .detail(noun, id)
      : undefined

/** Calls `note` with each vacancy in the responses of these endpoints; its id is in lower case. */
const onVacatures = (
  answers: Connection['answers'],
  names: ReadonlySet<EndpointName>,
  note: (id: string, record: VdabRecord) => void
) => {
  answers.on('answer', (name, answer) => {
    if (answer === null || !names.has(name)) return
    for (const record of name === 'vacature' ? [answer as VdabRecord] : readPage(answer).items) {
      const id = vacatureId(record)
      if (id !== undefined) note(id.toLowerCase(), record)
    }
  })
}

/** The endpoints that return complete vacancies; items of searches are incomplete. */
const whole: ReadonlySet<EndpointName> = new Set(['vacature', 'vacaturesOpId'])
/** The endpoints that return ids of vacancies. */
const naming: ReadonlySet<EndpointName> = new Set([...whole, 'vacatures', 'vacaturesBulk'])

/** Passes each vacancy that VDAB sends to the parts of the enrichment that store data about it. */
const followVacatures = (enrichment: Enrichment, answers: Connection['answers']) => {
  const { plaats, dubbels, levensloop, jobPosting } = enrichment
  if (plaats || dubbels || levensloop)
    onVacatures(answers, whole, (id, record) => {
      plaats?.note(id, record)
      dubbels?.note(id, record)
      levensloop?.note(id, record)
    })
  // A vacancy that VDAB sent before and no longer has was removed.
  if (jobPosting) onVacatures(answers, naming, jobPosting.note)
}

/** The dependencies of the levensloop. */
const levensloopOf = ({ config: { enrichment, feed }, warn, now }: Core, opened: OpenedState) => ({
  ...opened,
  max: enrichment.levensloopMax,
  repeatMs: 2 * (feed.intervalMs + feed.overlapMs),
  filterwaardenOf,
  vanOf: (cursor: string) => readCursor('vacature', cursor).van,
  warn,
  now
})

/** The health of VDAB, from the results of calls to VDAB and to its token service. */
const watchHealth = ({ events, now }: Core, tokenCalls: Connection['tokenCalls'], vdab: Vdab) => {
  const health = createHealth({ probe: vdab.probe, now })
  events.on('call', (event) => {
    if (!isOpenData(event.endpoint)) health.note(event)
  })
  tokenCalls.on('call', (error) => health.noteToken(error))
  return health
}

/** VDAB's side of the gateway: client, cache, batcher, look-ups, health and change feeds. Throws ConfigError. */
export const createUpstream = async (core: Core) => {
  const { config, now, requests, shared, warn, far } = core
  const connection = await connect(core)
  const { tokenCalls, client, cached, details, batcher } = connection
  const opened = openState(core)
  const enrichment = await createEnrichment({
    settings: config.enrichment,
    levensloop: opened && levensloopOf(core, opened),
    filterwaardenOf,
    plainText,
    warn,
    now
  })
  followVacatures(enrichment, connection.answers)
  let following = { isFollowed: (() => false) as Changes['isFollowed'], since: Infinity } // until there are feeds
  const vdab = createVdab({
    settings: config.vdab,
    client,
    cached,
    canonicalQueries: requests.cache(),
    loadVacature: batcher.load,
    loadByReferentie: details.byReferentie,
    lives: config.lives,
    isFollowed: (noun) => following.isFollowed(noun),
    changedEverywhere: shared?.changed,
    onForgotten: (noun, id) => {
      if (noun !== 'vacature') return
      enrichment.plaats?.forget(id)
      enrichment.dubbels?.forget(id)
    },
    far: far && { ...far, since: () => following.since },
    warn,
    now
  })
  shared?.attach(vdab)
  core.sharing?.attach({ forgetPerson: vdab.forgetPerson, forgetPeople: () => vdab.startAnew('kandidaat') })
  const health = watchHealth(core, tokenCalls, vdab)
  const warmUp = createWarmUp({
    load: vdab.loadLijst,
    atOnce: config.vdab.backgroundConcurrency,
    keepIdleConnections: client.keepIdleConnections
  })
  const changes = createChanges({
    vdab: shared ? { ...vdab, changed: shared.changed } : vdab,
    settings: config.feed,
    maxDays: config.vdab.bulkMaxDays,
    warn,
    now,
    sourceOf: shared?.sourceOf,
    logOf: core.sharing?.logOf
  })
  // Followed records stay valid until the feed lists a change, and the feed of this process starts now.
  following = { isFollowed: changes.isFollowed, since: config.feed.intervalMs === 0 ? -Infinity : now() }
  const liveOf =
    config.feed.intervalMs === 0
      ? undefined
      : createLive({ changes, fetchRecord: createRecordFetcher(vdab), maxBytes: config.stream.maxBytes })
  const { simulatorUrl: url } = connection
  const demoChange = url && liveOf && createDemoChange({ url, poll: changes.poll })
  const lives = opened && followLives(core, opened, enrichment, changes)
  return { ...connection, vdab, enrichment, opened, lives, health, warmUp, changes, liveOf, demoChange }
}

/** Compares a sample of VDAB's answers with the schema. */
export const watchDrift = ({ warn, now }: Core, { answers, vdab }: Upstream, { schema }: Pick<Graphql, 'schema'>) => {
  const drift = createDrift({ schema, knownCodes: vdab.knownLabels, warn, now })
  answers.on('answer', drift.sample)
  return drift
}

export type Upstream = Awaited<ReturnType<typeof createUpstream>>

import { ConfigError } from '../errors.ts'
import { readAbonnementen } from './abonnementen.ts'
import { readAuditLog } from './audit.ts'
import { readAuth, readTokenSecret } from './auth.ts'
import { readEnrichment } from './enrichment.ts'
import { readFarCache } from './farCache.ts'
import { createSettings, type Environment, type Settings } from './settings.ts'
import { readProfile } from './profile.ts'
import { readRedis } from './redis.ts'
import { readSharing } from './sharing.ts'
import { readTraces } from './traces.ts'
import { unknownSettings } from './unknown.ts'
import { readFeed, readLives, readTarget, readVdab } from './vdab.ts'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
/** settings of earlier versions */
const former = ['EXPORT_CALLS_PER_MINUTE']
const kilo = 1024
const mega = 1024 * 1024

/** The environment, with command-line flags that override it. */
export const withFlags = (flags: Environment): Environment => ({ ...process.env, ...flags })

const isOrigin = (given: string) => URL.canParse(given) && /^https?:/.test(given) && new URL(given).origin === given

const readTrustedDocuments = ({ text, oneOf, refuse }: Settings) => {
  const mode = oneOf('TRUSTED_DOCUMENTS', 'off', ['off', 'warn', 'enforce'])
  const file = text('TRUSTED_DOCUMENTS_FILE')
  if (['warn', 'enforce'].includes(mode) && file === undefined)
    refuse('TRUSTED_DOCUMENTS_FILE is missing: TRUSTED_DOCUMENTS needs the documents that are trusted')
  return { mode, file }
}

const readGraphql = ({ oneOf, integer }: Settings) => ({
  maxBodyBytes: integer('GRAPHQL_MAX_BODY_KB', 256, 1, 10_240) * kilo,
  maxTokens: integer('GRAPHQL_MAX_TOKENS', 10_000, 100, 1_000_000),
  maxBatch: integer('GRAPHQL_MAX_BATCH', 10, 1, 100),
  maxCost: integer('MAX_COST', 1000, 1, 1_000_000),
  maxDepth: integer('MAX_DEPTH', 20, 1, 100),
  maxAliases: integer('MAX_ALIASES', 100, 0, 5000),
  maxRootFields: integer('MAX_ROOT_FIELDS', 20, 1, 5000),
  maxDirectives: integer('MAX_DIRECTIVES', 50, 0, 5000),
  /** allows introspection, and names of the schema in error messages */
  allowsIntrospection: oneOf('INTROSPECTION', 'true', ['true', 'false']) === 'true'
})

/** The limits of open connections and streams; a maximum is per consumer. */
const readOpenConnections = ({ integer }: Settings) => ({
  live: {
    maxConnections: integer('LIVE_MAX_CONNECTIONS', 100, 1, 100_000),
    maxSubscriptions: integer('LIVE_MAX_SUBSCRIPTIONS', 200, 1, 100_000),
    maxOperations: integer('LIVE_MAX_OPERATIONS', 50, 1, 10_000),
    initTimeoutMs: integer('LIVE_INIT_TIMEOUT_MS', 3000, 10, 60_000)
  },
  stream: {
    heartbeatMs: integer('STREAM_HEARTBEAT_MS', 15_000, 50, 50_000),
    maxBytes: integer('STREAM_MAX_KB', 2048, 16, 65_536) * kilo,
    perConsumer: integer('STREAMS_PER_CONSUMER', 20, 1, 100_000)
  },
  export: {
    tries: integer('EXPORT_TRIES', 5, 1, 20),
    max: integer('EXPORT_MAX', 4, 1, 100),
    maxPerConsumer: integer('EXPORT_MAX_PER_CONSUMER', 2, 1, 100),
    stallMs: integer('EXPORT_STALL_MS', 30_000, 100, 600_000)
  }
})

/** The default limits of a consumer, used when CONSUMERS_FILE sets none for it. */
const readConsumerLimits = ({ integer }: Settings) => ({
  /** the delay of responses to an origin with many refused requests */
  refusalDelayMs: integer('REFUSAL_DELAY_MS', 500, 0, 10_000),
  requestsPerMinute: integer('REQUESTS_PER_MINUTE', 20_000, 1, 1_000_000),
  cvsPerDay: integer('CVS_PER_DAY', 1000, 1, 10_000_000),
  costPerMinute: integer('COST_PER_MINUTE', 650_000, 1, 1_000_000_000)
})
/** The settings for state that several machines share through Redis. */
const readMachines = (settings: Settings, workers: number) => {
  const redis = readRedis(settings)
  return {
    /** undefined = no other machine shares the limits */
    sharing: readSharing(settings, redis, workers),
    /** undefined = no cache outside this machine */
    farCache: readFarCache(settings, redis)
  }
}

/**
 * The addresses that the gateway listens on; `operator`: the address of /metrics and /status, undefined = the port of
 * the consumers.
 */
const readAddresses = ({ text, integer, refuse }: Settings) => {
  const host = text('HOST') ?? '127.0.0.1'
  const port = integer('PORT', 3000, 0, 65_535)
  const own = integer('METRICS_PORT', 0, 0, 65_535)
  const isOwn = text('METRICS_PORT') !== undefined
  const operatorHost = text('METRICS_HOST')
  if (own !== 0 && own === port) refuse('METRICS_PORT must differ from PORT')
  return { host, port, operator: isOwn ? { host: operatorHost ?? host, port: own } : undefined }
}

/** When requests are refused because of load, and how the gateway stops. */
const readLoadAndStop = ({ integer, refuse }: Settings) => {
  const shutdownMs = integer('SHUTDOWN_TIMEOUT_MS', 9000, 100, 60_000)
  const drainMs = integer('SHUTDOWN_DELAY_MS', 0, 0, 60_000)
  if (drainMs >= shutdownMs) refuse('SHUTDOWN_DELAY_MS must be less than SHUTDOWN_TIMEOUT_MS, of which it is a part')
  return {
    shutdownMs,
    /** the part of it in which the gateway still serves requests, but is not ready */
    drainMs,
    overload: {
      maxDelayMs: integer('MAX_EVENT_LOOP_DELAY_MS', 500, 0, 60_000),
      maxHeapBytes: integer('MAX_HEAP_MB', 0, 0, 65_536) * mega
    }
  }
}

/** The settings for fast responses, and the memory for them. */
const readSpeed = ({ oneOf, integer }: Settings) => ({
  cacheMaxBytes: integer('CACHE_MAX_MB', 256, 1, 65_536) * mega,
  fastPath: oneOf('FAST_PATH', 'on', ['on', 'off']) === 'on',
  /** caches whole answers and fragments, only fragments, or nothing */
  cacheAnswers: oneOf('CACHE_ANSWERS', 'all', ['all', 'fragments', 'off'])
})

/**
 * Reads the environment into one frozen, typed configuration. Times are in ms, sizes in bytes. Throws one ConfigError
 * with all invalid settings. Without `needsConsumers` the command serves no consumer, so CONSUMERS_FILE may be missing.
 */
export const readConfig = (environment: Environment, { needsConsumers = true }: { needsConsumers?: boolean } = {}) => {
  const settings = createSettings(environment)
  const { text, list, oneOf, integer, isOn, refuse, problems, asked } = settings
  const isProduction = text('NODE_ENV') === 'production'
  const { url, key } = readTarget(settings, isProduction)
  const consumersFile = text('CONSUMERS_FILE')
  if (needsConsumers && url && consumersFile === undefined && (url.protocol === 'https:' || isProduction))
    refuse('CONSUMERS_FILE is missing: the demo consumers exist on the simulator only')
  const vacatureApi = readProfile(settings, url)
  const trustedDocuments = readTrustedDocuments(settings)
  const corsOrigins = list('CORS_ORIGINS')
  if (!corsOrigins.every(isOrigin)) refuse('CORS_ORIGINS must be a list of origins like https://jobs.example')

  const workers = integer('WORKERS', 1, 1, 64)

  const config = {
    ...readAddresses(settings),
    isProduction,
    /** processes that serve requests; 1 = only this one */
    workers,
    ...readMachines(settings, workers),
    logLevel: oneOf('LOG_LEVEL', 'info', logLevels),
    ...readLoadAndStop(settings),
    consumersFile,
    /** undefined = only keys */
    auth: readAuth(settings),
    ...readConsumerLimits(settings),
    ...readAuditLog(settings),
    corsOrigins,
    /** signs the gateway's own tokens; undefined = a random one for each start */
    tokenSecret: readTokenSecret(settings),
    /** are unknown parameters of VDAB's own paths refused? */
    openservicesStrict: oneOf('OPENSERVICES_STRICT', 'true', ['true', 'false']) === 'true',
    trustedDocuments,
    /** the operations that the operator publishes as REST paths; undefined = none */
    restOperationsFile: text('REST_OPERATIONS_FILE'),
    /** opens connections and loads reference lists at the start */
    warmStart: isOn('WARM_START', 'on'),
    ...readSpeed(settings),
    lives: readLives(settings),
    enrichment: readEnrichment(settings),
    /** the database that survives a restart; undefined = in memory */
    stateFile: text('STATE_FILE'),
    abonnementen: readAbonnementen(settings),
    graphql: readGraphql(settings),
    ...readOpenConnections(settings),
    traces: readTraces(settings),
    feed: readFeed(settings),
    /** `url` undefined = the embedded simulator */
    vdab: { url, key, ...vacatureApi, ...readVdab(settings, vacatureApi.profile) },
    /** settings that this version ignores; a warning at the start names them */
    notYet: former.filter(settings.isSet)
  }
  /** names that look like settings but are not; a warning at the start names them */
  const unknown = unknownSettings(environment, asked)
  if (problems.length > 0) throw new ConfigError([...problems, ...unknown])
  for (const part of [config.vdab, config.graphql, config.export]) Object.freeze(part)
  return Object.freeze({ ...config, unknown })
}

export type Config = ReturnType<typeof readConfig>

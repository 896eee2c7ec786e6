import { readLives } from './lives.ts'
import { createReader } from './reader.ts'
import type { Environment, Reader } from './reader.ts'
import { ConfigError } from '../errors.ts'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
const later = ['REDIS_URL', 'VDAB_CLIENT_ID', 'VDAB_CLIENT_SECRET', 'VDAB_TOKEN_URL']
/** Signatures that a published key can check. Never `none`, and never HS*: whoever can check those can make them. */
const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519'
]
const defaultUrl = 'https://api.vdab.be/services'

/** The environment with command-line flags over it. */
export const withFlags = (flags: Environment): Environment => ({ ...process.env, ...flags })

const isProxy = (given: string) =>
  URL.canParse(given) && ['http:', 'https:'].includes(new URL(given).protocol) && new URL(given).hostname !== ''

const isOrigin = (given: string) => URL.canParse(given) && /^https?:/.test(given) && new URL(given).origin === given

const readUrl = (given: string, problems: string[]): URL | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol))
    problems.push(`VDAB_URL must be "simulator" or an https:// address such as ${defaultUrl}`)
  else if (url.protocol === 'http:' && !loopback.has(url.hostname))
    problems.push('VDAB_URL must be https://; http:// is only for this machine itself (loopback)')
  else if (url.username || url.password || url.search || url.hash)
    problems.push('VDAB_URL must not hold credentials, a query or a fragment')
  else return url
  return undefined
}

const readJwksUrl = (given: string, problems: string[]): URL | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (
    url &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))) &&
    !url.username &&
    !url.password &&
    !url.hash
  )
    return url
  problems.push(
    'AUTH_JWKS_URL must be an https:// address without credentials or a fragment; http:// is only for this machine itself (loopback)'
  )
  return undefined
}

/** How the JWTs of an issuer are checked; undefined = no JWTs. */
const readAuth = (read: Reader, problems: string[]) => {
  const given = read.text('AUTH_JWKS_URL')
  const issuer = read.text('AUTH_ISSUER')
  const audience = read.text('AUTH_AUDIENCE')
  const algorithms = read.list('AUTH_ALGORITHMS', '')
  const consumerClaim = read.text('AUTH_CONSUMER_CLAIM')
  const rules = {
    algorithms: algorithms.length > 0 ? algorithms : ['RS256', 'PS256', 'ES256', 'EdDSA'],
    scopeClaim: read.text('AUTH_SCOPE_CLAIM') ?? 'scope',
    consumerClaims: consumerClaim === undefined ? ['client_id', 'azp', 'sub'] : [consumerClaim],
    clockToleranceSeconds: read.integer('AUTH_CLOCK_TOLERANCE_S', 5, { min: 0, max: 300 })
  }
  if (algorithms.some((name) => !signatureAlgorithms.includes(name)))
    problems.push(`AUTH_ALGORITHMS may name only: ${signatureAlgorithms.join(', ')}`)
  if (given === undefined) {
    for (const [name, value] of Object.entries({ AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience }))
      if (value !== undefined) problems.push(`${name} needs AUTH_JWKS_URL, which is missing`)
    return undefined
  }
  const jwksUrl = readJwksUrl(given, problems)
  if (issuer === undefined) problems.push('AUTH_ISSUER is missing: with AUTH_JWKS_URL it says whose tokens are taken')
  if (audience === undefined)
    problems.push('AUTH_AUDIENCE is missing: with AUTH_JWKS_URL it says which tokens are for this gateway')
  return jwksUrl && issuer !== undefined && audience !== undefined ? { ...rules, jwksUrl, issuer, audience } : undefined
}

/** How often the change feeds are polled: not at all, or no faster than five times a second. */
const readInterval = (read: Reader, problems: string[]): number => {
  const intervalMs = read.integer('FEED_INTERVAL_MS', 60_000, { min: 0, max: 3_600_000 })
  if (intervalMs > 0 && intervalMs < 200) problems.push('FEED_INTERVAL_MS must be 0 (off), or 200 at least')
  return intervalMs
}

/**
 * The environment as one frozen, typed configuration; nobody else reads the environment.
 * Times are in ms, sizes in bytes. Throws one ConfigError that names every bad setting at once.
 * Without `needsConsumers` nobody is served, so no consumers file is asked for.
 */
export const readConfig = (environment: Environment, { needsConsumers = true }: { needsConsumers?: boolean } = {}) => {
  const problems: string[] = []
  const read = createReader(environment, problems)
  const isProduction = read.text('NODE_ENV') === 'production'
  const givenKey = read.secret('VDAB_API_KEY')
  const givenUrl = read.text('VDAB_URL') ?? (givenKey === undefined ? undefined : defaultUrl)
  const onSimulator = (givenUrl ?? 'simulator') === 'simulator'
  const url = onSimulator ? undefined : readUrl(givenUrl ?? '', problems)
  const consumersFile = read.text('CONSUMERS_FILE')

  if (isProduction && givenUrl === undefined)
    problems.push(
      'VDAB_URL is missing: with NODE_ENV=production the simulator must be asked for by name (VDAB_URL=simulator)'
    )
  if (!onSimulator && givenKey === undefined)
    problems.push(
      'VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing: VDAB_URL is set, and VDAB answers nobody without a key'
    )
  if (givenKey !== undefined && !/^[\x21-\x7e]+$/.test(givenKey))
    problems.push('VDAB_API_KEY must be visible ASCII without spaces')
  if (needsConsumers && url && consumersFile === undefined && (url.protocol === 'https:' || isProduction))
    problems.push('CONSUMERS_FILE is missing: the demo consumers exist on the simulator only')
  read.oneOf('VDAB_PROFILE', 'v2', ['v2'])
  const trustedDocuments = {
    mode: read.oneOf('TRUSTED_DOCUMENTS', 'off', ['off', 'warn', 'enforce']),
    file: read.text('TRUSTED_DOCUMENTS_FILE')
  }
  if (['warn', 'enforce'].includes(trustedDocuments.mode) && trustedDocuments.file === undefined)
    problems.push('TRUSTED_DOCUMENTS_FILE is missing: TRUSTED_DOCUMENTS needs the documents that are trusted')
  const corsOrigins = read.list('CORS_ORIGINS', '')
  if (!corsOrigins.every(isOrigin)) problems.push('CORS_ORIGINS must be a list of origins like https://jobs.example')
  const httpsProxy = read.secret('HTTPS_PROXY') ?? read.text('https_proxy')
  if (httpsProxy !== undefined && !isProxy(httpsProxy))
    problems.push('HTTPS_PROXY must be an http:// or https:// address')

  const idPattern = read.pattern('VDAB_ID_PATTERN', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')

  const config = {
    host: read.text('HOST') ?? '127.0.0.1',
    port: read.integer('PORT', 3000, { min: 0, max: 65535 }),
    isProduction,
    /** processes that answer; 1 = this one */
    workers: read.integer('WORKERS', 1, { min: 1, max: 64 }),
    logLevel: read.oneOf('LOG_LEVEL', 'info', logLevels),
    shutdownMs: read.integer('SHUTDOWN_TIMEOUT_MS', 9000, { min: 100, max: 60_000 }),
    consumersFile,
    /** undefined = keys only */
    auth: readAuth(read, problems),
    /** how long the answer is held of who is refused again and again */
    refusalDelayMs: read.integer('REFUSAL_DELAY_MS', 500, { min: 0, max: 10_000 }),
    requestsPerMinute: read.integer('REQUESTS_PER_MINUTE', 600, { min: 1, max: 1_000_000 }),
    /** where reads of personal data are recorded; undefined = stdout */
    auditFile: read.text('AUDIT_FILE'),
    auditMaxBytes: read.integer('AUDIT_MAX_MB', 100, { min: 1, max: 10_240 }) * 1024 * 1024,
    cvsPerDay: read.integer('CVS_PER_DAY', 1000, { min: 1, max: 10_000_000 }),
    costPerMinute: read.integer('COST_PER_MINUTE', 100_000, { min: 1, max: 1_000_000_000 }),
    /** origins whose pages may read answers */
    corsOrigins,
    trustedDocuments,
    /** are connections opened and reference lists loaded at the start? */
    warmStart: read.oneOf('WARM_START', 'on', ['on', 'off']) === 'on',
    cacheMaxBytes: read.integer('CACHE_MAX_MB', 256, { min: 1, max: 65_536 }) * 1024 * 1024,
    /** does the gateway answer by the fast path where it can? */
    fastPath: read.oneOf('FAST_PATH', 'on', ['on', 'off']) === 'on',
    /** what is kept ready of answers: whole ones and parts, parts alone, or nothing */
    cacheAnswers: read.oneOf('CACHE_ANSWERS', 'all', ['all', 'fragments', 'off']),
    copies: {
      callsPerMinute: read.integer('EXPORT_CALLS_PER_MINUTE', 600, { min: 1, max: 100_000 }),
      tries: read.integer('EXPORT_TRIES', 5, { min: 1, max: 20 }),
      max: read.integer('EXPORT_MAX', 4, { min: 1, max: 100 }),
      maxPerConsumer: read.integer('EXPORT_MAX_PER_CONSUMER', 2, { min: 1, max: 100 }),
      stallMs: read.integer('EXPORT_STALL_MS', 30_000, { min: 100, max: 600_000 })
    },
    /** how long answers live, where it is not as the table of endpoints has it */
    lives: readLives(read),
    graphql: {
      maxBodyBytes: read.integer('GRAPHQL_MAX_BODY_KB', 256, { min: 1, max: 10_240 }) * 1024,
      maxTokens: read.integer('GRAPHQL_MAX_TOKENS', 10_000, { min: 100, max: 1_000_000 }),
      maxBatch: read.integer('GRAPHQL_MAX_BATCH', 10, { min: 1, max: 100 }),
      maxCost: read.integer('MAX_COST', 1000, { min: 1, max: 1_000_000 }),
      maxDepth: read.integer('MAX_DEPTH', 20, { min: 1, max: 100 }),
      maxAliases: read.integer('MAX_ALIASES', 100, { min: 0, max: 5000 }),
      maxRootFields: read.integer('MAX_ROOT_FIELDS', 20, { min: 1, max: 5000 }),
      maxDirectives: read.integer('MAX_DIRECTIVES', 50, { min: 0, max: 5000 }),
      /** may the schema be asked for, and do errors suggest its names? */
      allowsIntrospection: read.oneOf('INTROSPECTION', isProduction ? 'false' : 'true', ['true', 'false']) === 'true'
    },
    /** connections that stay open; the maxima are those of one consumer */
    live: {
      maxConnections: read.integer('LIVE_MAX_CONNECTIONS', 100, { min: 1, max: 100_000 }),
      maxSubscriptions: read.integer('LIVE_MAX_SUBSCRIPTIONS', 200, { min: 1, max: 100_000 }),
      maxOperations: read.integer('LIVE_MAX_OPERATIONS', 50, { min: 1, max: 10_000 }),
      initTimeoutMs: read.integer('LIVE_INIT_TIMEOUT_MS', 3000, { min: 10, max: 60_000 })
    },
    feed: {
      /** 0 = VDAB's change feeds are not followed */
      intervalMs: readInterval(read, problems),
      overlapMs: read.integer('FEED_OVERLAP_MS', 60_000, { min: 0, max: 3_600_000 }),
      skewMs: read.integer('FEED_SKEW_MS', 1000, { min: 0, max: 60_000 }),
      cursorFile: read.text('FEED_CURSOR_FILE')
    },
    stream: {
      heartbeatMs: read.integer('STREAM_HEARTBEAT_MS', 15_000, { min: 50, max: 50_000 }),
      maxBytes: read.integer('STREAM_MAX_KB', 2048, { min: 16, max: 65_536 }) * 1024,
      perConsumer: read.integer('STREAMS_PER_CONSUMER', 20, { min: 1, max: 100_000 })
    },
    vdab: {
      /** undefined = the embedded simulator */
      url,
      key: givenKey,
      paths: read.pairs('VDAB_PATHS'),
      parameterNames: read.pairs('VDAB_PARAMETER_NAMES'),
      extraParameters: read.list('VDAB_EXTRA_PARAMETERS', ''),
      idPattern,
      /** such an id anywhere in a text */
      idWithin: new RegExp(idPattern.source.slice(1, -1), 'i'),
      velden: read.list('VDAB_VELDEN', 'status,vdabreferentie,leverancier,tewerkstellingsgemeente,beroep'),
      maxVelden: read.integer('VDAB_MAX_VELDEN', 5, { min: 0, max: 50 }),
      dubbelsReach: read.integer('VDAB_FILTER_DUBBELS_REACH', 2000, { min: 1, max: 1_000_000 }),
      bulkMaxDays: read.integer('VDAB_BULK_MAX_DAYS', 5, { min: 1, max: 3650 }),
      /** the member that holds the ids in the body of POST /vacatures; `[]` = the body is the bare array */
      postField: read.text('VDAB_POST_FIELD') ?? 'vacatureIds',
      batchWindowMs: read.integer('BATCH_WINDOW_MS', 10, { min: 0, max: 1000 }),
      batchMax: read.integer('BATCH_MAX', 100, { min: 1, max: 200 }),
      concurrency: read.integer('VDAB_CONCURRENCY', 16, { min: 1, max: 256 }),
      /** connections that stand open besides those in use, so that no call waits for one */
      spareConnections: read.integer('VDAB_SPARE_CONNECTIONS', 2, { min: 0, max: 16 }),
      /** how many of them may be work that nobody waits for */
      backgroundConcurrency: read.integer('VDAB_BACKGROUND_CONCURRENCY', 4, { min: 1, max: 256 }),
      /** while VDAB fails: how many calls a second try whether it still does */
      callsWhileFailing: read.integer('VDAB_CALLS_WHILE_FAILING', 5, { min: 1, max: 1000 }),
      maxWaiting: read.integer('VDAB_MAX_WAITING', 2000, { min: 1, max: 100_000 }),
      retries: read.integer('VDAB_RETRIES', 1, { min: 0, max: 5 }),
      connectTimeoutMs: read.integer('VDAB_CONNECT_TIMEOUT_MS', 3000, { min: 10, max: 60_000 }),
      headersTimeoutMs: read.integer('VDAB_HEADERS_TIMEOUT_MS', 15_000, { min: 10, max: 300_000 }),
      bodyTimeoutMs: read.integer('VDAB_BODY_TIMEOUT_MS', 15_000, { min: 10, max: 300_000 }),
      totalTimeoutMs: read.integer('VDAB_TIMEOUT_MS', 30_000, { min: 10, max: 600_000 }),
      maxAnswerBytes: read.integer('VDAB_MAX_ANSWER_MB', 64, { min: 1, max: 1024 }) * 1024 * 1024,
      proxy: { https: httpsProxy, none: read.text('NO_PROXY') ?? read.text('no_proxy') }
    },
    /** settings of the interface that this version does not act on yet; said at the start, so nobody relies on them */
    notYet: later.filter((name) => read.text(name) !== undefined || read.text(`${name}_FILE`) !== undefined)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  for (const part of [config.vdab, config.graphql, config.copies]) Object.freeze(part)
  return Object.freeze(config)
}

export type Config = ReturnType<typeof readConfig>

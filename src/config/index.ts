import { readAddress, readProxy } from './address.ts'
import { readAuth } from './auth.ts'
import { readGraphql } from './graphql.ts'
import { readLives } from './lives.ts'
import { createReader } from './reader.ts'
import type { Environment, Reader } from './reader.ts'
import { readCopies, readFeed, readLive, readStream } from './streams.ts'
import { readVdab } from './vdab.ts'
import { ConfigError } from '../errors.ts'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']
const later = ['REDIS_URL', 'VDAB_CLIENT_ID', 'VDAB_CLIENT_SECRET', 'VDAB_TOKEN_URL']

/** The environment with command-line flags over it. */
export const withFlags = (flags: Environment): Environment => ({ ...process.env, ...flags })

const isOrigin = (given: string) => URL.canParse(given) && /^https?:/.test(given) && new URL(given).origin === given

const readOrigins = (read: Reader, problems: string[]) => {
  const origins = read.list('CORS_ORIGINS', '')
  if (!origins.every(isOrigin)) problems.push('CORS_ORIGINS must be a list of origins like https://jobs.example')
  return origins
}

const readTrustedDocuments = (read: Reader, problems: string[]) => {
  const trustedDocuments = {
    mode: read.oneOf('TRUSTED_DOCUMENTS', 'off', ['off', 'warn', 'enforce']),
    file: read.text('TRUSTED_DOCUMENTS_FILE')
  }
  if (['warn', 'enforce'].includes(trustedDocuments.mode) && trustedDocuments.file === undefined)
    problems.push('TRUSTED_DOCUMENTS_FILE is missing: TRUSTED_DOCUMENTS needs the documents that are trusted')
  return trustedDocuments
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
  const address = readAddress(read, problems, isProduction)
  const consumersFile = read.text('CONSUMERS_FILE')

  const { url } = address
  if (needsConsumers && url && consumersFile === undefined && (url.protocol === 'https:' || isProduction))
    problems.push('CONSUMERS_FILE is missing: the demo consumers exist on the simulator only')
  read.oneOf('VDAB_PROFILE', 'v2', ['v2'])
  const trustedDocuments = readTrustedDocuments(read, problems)
  const corsOrigins = readOrigins(read, problems)
  const httpsProxy = readProxy(read, problems)
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
    copies: readCopies(read),
    /** how long answers live, where it is not as the table of endpoints has it */
    lives: readLives(read),
    graphql: readGraphql(read, isProduction),
    /** connections that stay open; the maxima are those of one consumer */
    live: readLive(read),
    feed: readFeed(read, problems),
    stream: readStream(read),
    vdab: readVdab(read, { ...address, idPattern, httpsProxy }),
    /** settings of the interface that this version does not act on yet; said at the start, so nobody relies on them */
    notYet: later.filter((name) => read.text(name) !== undefined || read.text(`${name}_FILE`) !== undefined)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  for (const part of [config.vdab, config.graphql, config.copies]) Object.freeze(part)
  return Object.freeze(config)
}

export type Config = ReturnType<typeof readConfig>

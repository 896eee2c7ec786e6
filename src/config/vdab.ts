import { secretOf } from './secret.ts'
import type { Settings } from './settings.ts'

/** The values of `velden` that clients of each version are known to send (upstream.md §2.1) [strong]. */
const defaultVelden = {
  v2: 'status,vdabreferentie,leverancier,tewerkstellingsgemeente,beroep',
  v4: 'vdabreferentie,leverancier,tewerkstellingsgemeente,beroep'
}
const defaultUrl = 'https://api.vdab.be/services'
const year = 365 * 86_400
const mega = 1024 * 1024

const isProxy = (given: string) =>
  URL.canParse(given) && ['http:', 'https:'].includes(new URL(given).protocol) && new URL(given).hostname !== ''

/** The address and the key of VDAB; `url` undefined = the embedded simulator. */
export const readTarget = ({ text, secret, httpsUrl, refuse }: Settings, isProduction: boolean) => {
  const key = secret('VDAB_API_KEY')
  const given = text('VDAB_URL')
  const onSimulator = given === undefined ? key === undefined : given === 'simulator'
  const url = onSimulator
    ? undefined
    : given === undefined
      ? new URL(defaultUrl)
      : httpsUrl('VDAB_URL', `"simulator" or an https:// address such as ${defaultUrl}`)
  if (isProduction && onSimulator && given === undefined)
    refuse('VDAB_URL is missing: with NODE_ENV=production the simulator must be asked for by name (VDAB_URL=simulator)')
  if (!onSimulator && key === undefined)
    refuse('VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing: VDAB_URL is set, and VDAB answers nobody without a key')
  // The simulator accepts any key.
  return { url, key: key ?? { name: 'VDAB_API_KEY', value: secretOf('simulator') } }
}

/** How the gateway calls VDAB. Times in ms, sizes in bytes. */
export const readVdab = (
  { text, secretText, list, integer, isOn, pairs, pattern, refuse, isSet }: Settings,
  profile: 'v2' | 'v4'
) => {
  const httpsProxy = secretText('HTTPS_PROXY') ?? text('https_proxy')
  if (httpsProxy !== undefined && !isProxy(httpsProxy)) refuse('HTTPS_PROXY must be an http:// or https:// address')
  const idPattern = pattern('VDAB_ID_PATTERN', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
  return {
    paths: pairs('VDAB_PATHS'),
    parameterNames: pairs('VDAB_PARAMETER_NAMES'),
    extraParameters: list('VDAB_EXTRA_PARAMETERS'),
    idPattern,
    /** matches an id anywhere in a text */
    idWithin: new RegExp(idPattern.source.slice(1, -1), 'i'),
    velden: list('VDAB_VELDEN', defaultVelden[profile]),
    maxVelden: integer('VDAB_MAX_VELDEN', 5, 0, 50),
    dubbelsReach: integer('VDAB_FILTER_DUBBELS_REACH', 2000, 1, 1_000_000),
    bulkMaxDays: integer('VDAB_BULK_MAX_DAYS', 5, 1, 3650),
    /** the member with the ids in the body of POST /vacatures; `[]` = the body is the array itself */
    postField: text('VDAB_POST_FIELD') ?? 'vacatureIds',
    batchWindowMs: integer('BATCH_WINDOW_MS', 10, 0, 1000),
    batchMax: integer('BATCH_MAX', 100, 1, 200),
    /** VDAB's limit for each endpoint; only if it is not set, a higher limit that VDAB announces is used */
    quota: {
      callsPerMinute: integer('VDAB_CALLS_PER_MINUTE', 2000, 1, 1_000_000),
      mayRaise: !isSet('VDAB_CALLS_PER_MINUTE')
    },
    concurrency: integer('VDAB_CONCURRENCY', 16, 1, 256),
    /** open connections in addition to those in use, so that no call waits for a handshake */
    spareConnections: integer('VDAB_SPARE_CONNECTIONS', 2, 0, 16),
    /** the part of `concurrency` for background work */
    backgroundConcurrency: integer('VDAB_BACKGROUND_CONCURRENCY', 4, 1, 256),
    /** calls per second that probe VDAB during an outage */
    callsWhileFailing: integer('VDAB_CALLS_WHILE_FAILING', 5, 1, 1000),
    maxWaiting: integer('VDAB_MAX_WAITING', 2000, 1, 100_000),
    retries: integer('VDAB_RETRIES', 3, 0, 5),
    connectTimeoutMs: integer('VDAB_CONNECT_TIMEOUT_MS', 3000, 10, 60_000),
    headersTimeoutMs: integer('VDAB_HEADERS_TIMEOUT_MS', 15_000, 10, 300_000),
    bodyTimeoutMs: integer('VDAB_BODY_TIMEOUT_MS', 15_000, 10, 300_000),
    totalTimeoutMs: integer('VDAB_TIMEOUT_MS', 30_000, 10, 600_000),
    maxAnswerBytes: integer('VDAB_MAX_ANSWER_MB', 64, 1, 1024) * mega,
    /** do calls carry the trace of their request? */
    sendsTraceparent: isOn('VDAB_TRACEPARENT', 'off'),
    proxy: { https: httpsProxy, none: text('NO_PROXY') ?? text('no_proxy') }
  }
}

/** How the change feeds are polled; `intervalMs` 0 = not at all. */
export const readFeed = ({ text, integer, refuse }: Settings) => {
  const intervalMs = integer('FEED_INTERVAL_MS', 60_000, 0, 3_600_000)
  if (intervalMs > 0 && intervalMs < 200) refuse('FEED_INTERVAL_MS must be 0 (off), or 200 at least')
  return {
    intervalMs,
    overlapMs: integer('FEED_OVERLAP_MS', 60_000, 0, 3_600_000),
    skewMs: integer('FEED_SKEW_MS', 1000, 0, 60_000),
    cursorFile: text('FEED_CURSOR_FILE'),
    /** the percentage of VDAB's quota for comparing sent responses with VDAB; 0 = none */
    watchShare: integer('WATCH_SHARE', 1, 0, 10)
  }
}

/**
 * The settings that replace cache times of the endpoint table, per kind of response. The settings are in seconds, the
 * result in ms; times that are not set are left out. No setting makes stale personal data possible.
 */
export const readLives = ({ text, integer }: Settings) => {
  const times = (names: Readonly<Record<string, string>>): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(names)
        .filter(([, name]) => text(name) !== undefined)
        .map(([member, name]) => [member, integer(name, 0, 0, year) * 1000])
    )
  return {
    vacature: times({
      freshMs: 'FRESH_VACATURE_S',
      followedFreshMs: 'FRESH_VACATURE_FEED_S',
      staleIfErrorMs: 'STALE_VACATURE_S'
    }),
    search: times({ freshMs: 'FRESH_SEARCH_S', staleIfErrorMs: 'STALE_SEARCH_S' }),
    kandidaat: times({ freshMs: 'FRESH_KANDIDAAT_S', followedFreshMs: 'FRESH_KANDIDAAT_FEED_S' }),
    lijst: times({ freshMs: 'FRESH_LIST_S', staleIfErrorMs: 'STALE_LIST_S' })
  }
}

import type { Reader } from './reader.ts'

type Given = { url: URL | undefined; key: string | undefined; idPattern: RegExp; httpsProxy: string | undefined }

/** How VDAB is spoken to. */
export const readVdab = (read: Reader, { url, key, idPattern, httpsProxy }: Given) => ({
  /** undefined = the embedded simulator */
  url,
  key,
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
})

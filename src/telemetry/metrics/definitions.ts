/** How the values of several processes are combined. */
type Aggregator = 'sum' | 'max' | 'first'
type Definition = {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** the sum if absent */
  readonly aggregator?: Aggregator
  /** upper bounds of the buckets of a histogram, ascending */
  readonly buckets?: readonly number[]
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** 61 s is the promise of docs/freshness.md with the usual interval of the feed. */
const ages = [0.5, 1, 2, 5, 10, 30, 61, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400]
const ids = [1, 2, 5, 10, 20, 50, 100, 200]

/** All metrics of the gateway; each name gets the prefix `vdab_gateway_`. */
export const definitions = {
  requests_total: { type: 'counter', help: 'Answers that have left, by door, route, method, status and consumer.' },
  request_duration_seconds: { type: 'histogram', help: 'Time from request to answer.', buckets: seconds },
  answers_without_call_total: { type: 'counter', help: 'Answers with data of VDAB that caused no call to VDAB.' },
  answer_age_seconds: { type: 'histogram', help: 'Age of the oldest part of an answer when it left.', buckets: ages },
  refusals_total: { type: 'counter', help: 'Answers with an error, by its code.' },
  upstream_calls_total: { type: 'counter', help: 'Calls to VDAB that have ended, by endpoint and outcome.' },
  upstream_call_duration_seconds: { type: 'histogram', help: 'Duration of calls to VDAB.', buckets: seconds },
  cache_lookups_total: { type: 'counter', help: 'Lookups in the caches, by what is looked up, layer and result.' },
  batch_size: { type: 'histogram', help: 'Vacancies that were asked of VDAB together.', buckets: ids },
  personal_reads_total: { type: 'counter', help: 'Records of people that were shown, by consumer and purpose.' },
  audit_records_total: { type: 'counter', help: 'Records that were written to the audit log.' },
  watched_answers_total: { type: 'counter', help: 'Answers that were compared with VDAB after they had left.' },
  stale_answers_total: { type: 'counter', help: 'Answers that were older than the promise allows.' },
  stale_answer_age_seconds: {
    type: 'histogram',
    help: 'How long VDAB had changed the record when a stale answer left, at least.',
    buckets: ages
  },
  feed_lag_seconds: { type: 'gauge', help: 'Age of the last known state of a feed of changes.', aggregator: 'max' },
  quota_limit: { type: 'gauge', help: 'Calls to an endpoint that VDAB takes in a minute.', aggregator: 'max' },
  quota_used: { type: 'gauge', help: 'Calls of the last minute, and those in flight.', aggregator: 'max' },
  quota_waiting: { type: 'gauge', help: 'Calls that wait for their turn, by class.', aggregator: 'max' },
  cache_bytes: { type: 'gauge', help: 'Estimated bytes in a part of the cache.' },
  cache_limit_bytes: { type: 'gauge', help: 'The bound of a part of the cache, in bytes.' },
  upstream_up: { type: 'gauge', help: 'Does VDAB serve this gateway?', aggregator: 'max' },
  token_up: { type: 'gauge', help: 'Does the token service of VDAB give tokens?', aggregator: 'max' },
  redis_up: { type: 'gauge', help: 'Does the Redis of REDIS_URL answer?', aggregator: 'max' },
  redis_commands_total: { type: 'counter', help: 'Commands to Redis, by result.' },
  sharing_members: { type: 'gauge', help: 'Gateways that share the limits, at least.', aggregator: 'max' },
  sharing_differences: { type: 'gauge', help: 'Do the gateways differ in this?', aggregator: 'max' },
  build_info: { type: 'gauge', help: 'What runs.', aggregator: 'first' },
  workers: { type: 'gauge', help: 'Processes that serve requests.', aggregator: 'max' }
} as const satisfies Readonly<Record<string, Definition>>

export type MetricName = keyof typeof definitions
export type HistogramName = {
  [K in MetricName]: (typeof definitions)[K]['type'] extends 'histogram' ? K : never
}[MetricName]

/** The definition of a metric, with all members. */
export const definitionOf = (name: MetricName): Definition => definitions[name]

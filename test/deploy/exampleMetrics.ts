import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Sample = readonly [name: string, type: 'counter' | 'gauge' | 'histogram', ...labels: string[]]
const door = ['door="graphql"', 'door="live"', 'door="pages"']
const endpoint = ['endpoint="vacature"', 'endpoint="vacatures"']
const own: readonly Sample[] = [
  ['requests_total', 'counter', ...door.map((one) => `${one},route="/x",method="GET",status="200",consumer="a"`)],
  ['request_duration_seconds', 'histogram', ...door],
  ['upstream_calls_total', 'counter', ...endpoint.map((one) => `${one},outcome="ok"`)],
  ['upstream_call_duration_seconds', 'histogram', ...endpoint],
  ['answers_without_call_total', 'counter', ...door],
  ['cache_lookups_total', 'counter', ...endpoint.map((one) => `${one},layer="record",result="hit"`)],
  ['answer_age_seconds', 'histogram', ...door],
  ['feed_lag_seconds', 'gauge', 'feed="vacatures"'],
  ['batch_size', 'histogram', ''],
  ['quota_limit', 'gauge', ...endpoint],
  ['quota_used', 'gauge', ...endpoint],
  ['quota_waiting', 'gauge', ...endpoint.map((one) => `${one},class="a"`)],
  ['refusals_total', 'counter', ...door.map((one) => `${one},code="BAD_USER_INPUT"`)],
  ['personal_reads_total', 'counter', 'consumer="a",doel="b"'],
  ['cache_bytes', 'gauge', 'part="records"'],
  ['cache_limit_bytes', 'gauge', 'part="records"'],
  ['upstream_up', 'gauge', ''],
  ['token_up', 'gauge', ''],
  ['watched_answers_total', 'counter', ...endpoint.map((one) => `${one},result="same"`)],
  ['stale_answers_total', 'counter', ...endpoint],
  ['stale_answer_age_seconds', 'histogram', ...endpoint],
  ['audit_records_total', 'counter', ''],
  ['build_info', 'gauge', 'version="1",node="24",profile="v2"'],
  ['workers', 'gauge', '']
]
const ofNode: readonly Sample[] = [
  ['nodejs_eventloop_lag_p50_seconds', 'gauge', ''],
  ['nodejs_eventloop_lag_p99_seconds', 'gauge', ''],
  ['process_resident_memory_bytes', 'gauge', ''],
  ['nodejs_heap_size_used_bytes', 'gauge', ''],
  ['nodejs_heap_size_total_bytes', 'gauge', ''],
  ['nodejs_gc_duration_seconds', 'histogram', 'kind="minor"'],
  ['process_cpu_seconds_total', 'counter', ''],
  ['process_open_fds', 'gauge', '']
]

const set = (...labels: readonly string[]) => {
  const given = labels.filter((label) => label !== '')
  return given.length === 0 ? '' : `{${given.join(',')}}`
}
const textOf =
  (value: number) =>
  ([name, type, ...labels]: Sample): string =>
    [
      `# TYPE ${name} ${type}`,
      ...labels.flatMap((label) =>
        type === 'histogram'
          ? [
              ...['1', '+Inf'].map((le) => `${name}_bucket${set(label, `le="${le}"`)} ${value}`),
              `${name}_sum${set(label)} ${value}`,
              `${name}_count${set(label)} ${value}`
            ]
          : [`${name}${set(label)} ${value}`]
      )
    ].join('\n')

/** The names of the gateway's own metrics, with the type of each. */
export const ownMetrics = own.map(([name, type]) => ({ name: `vdab_gateway_${name}`, type }))

/** Serves an example of all metrics, which grow with each scrape. */
export const serveExample = async () => {
  let scrapes = 0
  const server = createServer((_request, response) => {
    scrapes += 1
    const samples = [...own.map(([name, ...rest]): Sample => [`vdab_gateway_${name}`, ...rest]), ...ofNode]
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
    response.end(`${samples.map(textOf(scrapes)).join('\n')}\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens
  return { target: `127.0.0.1:${port}`, close: () => server.close() }
}

import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readJson } from '../helper.ts'

type Test = { teardown(done: () => unknown): void }
type Value = { stringValue?: string; intValue?: number | string; boolValue?: boolean; doubleValue?: number }
type Attribute = { key: string; value: Value }
type OtlpSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes?: Attribute[]
  links?: { traceId: string; spanId: string }[]
  status?: { code?: number; message?: string }
}
type Export = {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[]
}

const valueOf = ({ stringValue, intValue, boolValue, doubleValue }: Value) =>
  stringValue ?? (intValue === undefined ? undefined : Number(intValue)) ?? boolValue ?? doubleValue
const record = (attributes: readonly Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))

const toSpan = ({ attributes, ...span }: OtlpSpan) => ({ ...span, attributes: record(attributes) })
export type ReceivedSpan = ReturnType<typeof toSpan>

/** A server on a free port of this machine. */
export const listen = async (
  t: Test,
  handler: (request: IncomingMessage, response: ServerResponse) => unknown
): Promise<string> => {
  const server = createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An OTLP receiver that records every span and every byte it receives. */
export const receive = async (t: Test) => {
  const spans: ReceivedSpan[] = []
  const texts: string[] = []
  const resources: Record<string, unknown>[] = []
  const headers: IncomingMessage['headers'][] = []
  const url = await listen(t, async (request, response) => {
    const body = (await readJson(request)) as Export
    if (request.url !== '/v1/traces') throw new Error(`spans were sent to ${request.url ?? ''}`)
    texts.push(JSON.stringify(body))
    headers.push(request.headers)
    for (const { resource, scopeSpans } of body.resourceSpans) {
      resources.push(record(resource.attributes))
      for (const scope of scopeSpans) spans.push(...scope.spans.map(toSpan))
    }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  return { url, spans, texts, resources, headers }
}

import type { Dispatcher } from 'undici'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import type { Parameters } from './parameters.ts'

type Settings = { url: URL; key: string; paths: Readonly<Record<string, string>> }
type Content = { id?: string; parameters?: Parameters; body?: unknown }

const withQuery = (path: string, parameters: Parameters) => {
  const query = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]))
  )
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

/** Makes the HTTP request of a call to VDAB, with the key as `X-IBM-Client-Id` (upstream.md §1.6) [seed]. */
export const createRequests = ({ url, key, paths }: Settings) => {
  const base = url.pathname.replace(/\/$/, '')
  return (name: EndpointName, { id, parameters = {}, body }: Content): Dispatcher.RequestOptions => {
    const { method, path } = endpoint(name)
    const named = `${base}/openservices/${(paths[name] ?? path).replace('{id}', encodeURIComponent(id ?? ''))}`
    return {
      origin: url.origin,
      path: withQuery(named, parameters),
      method,
      headers: {
        accept: 'application/json',
        'x-ibm-client-id': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    }
  }
}

import type { Dispatcher } from 'undici'
import type { Config } from '../config/index.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import type { Parameters } from './parameters.ts'

type Parts = { id?: string; parameters?: Parameters; body?: unknown; headers?: Readonly<Record<string, string>> }

/**
 * Builds HTTP requests for VDAB's endpoints. The key is sent as `X-IBM-Client-Id` and nowhere else (upstream.md §1.6)
 * [seed].
 */
export const createRequests = ({ url, key, paths }: Pick<Config['vdab'], 'paths'> & { url: URL; key: string }) => {
  const base = `${url.pathname.replace(/\/$/, '')}/openservices/`
  return (name: EndpointName, { id = '', parameters = {}, body, headers }: Parts): Dispatcher.RequestOptions => {
    const { method, path } = endpoint(name)
    const query = new URLSearchParams(
      Object.entries(parameters).flatMap(([parameter, values]) =>
        values.map((value): [string, string] => [parameter, value])
      )
    )
    const target = `${base}${(paths[name] ?? path).replace('{id}', encodeURIComponent(id))}`
    const json = body === undefined ? undefined : JSON.stringify(body)
    return {
      origin: url.origin,
      path: query.size === 0 ? target : `${target}?${query.toString()}`,
      method,
      headers: {
        accept: 'application/json',
        'x-ibm-client-id': key,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers
      },
      ...(json === undefined ? {} : { body: json })
    }
  }
}

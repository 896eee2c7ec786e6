import type { Dispatcher } from 'undici'
import type { Config } from '../config/index.ts'
import { endpoint } from './endpoints.ts'
import type { EndpointName } from './endpoints.ts'
import type { Parameters } from './parameters.ts'
import { createTargets } from './profiles.ts'

type Parts = { id?: string; parameters?: Parameters; body?: unknown; headers?: Readonly<Record<string, string>> }
/** A request of undici, whose headers are a record. */
export type VdabRequest = Omit<Dispatcher.RequestOptions, 'headers'> & {
  readonly headers: Readonly<Record<string, string>>
}
type Settings = Pick<Config['vdab'], 'profile' | 'environment' | 'version' | 'paths'> & { url: URL }

/** Builds HTTP requests for VDAB's endpoints, without credentials. */
export const createRequests = ({ url, ...settings }: Settings) => {
  const base = url.pathname.replace(/\/$/, '')
  const targetOf = createTargets(settings)
  return (name: EndpointName, { id = '', parameters = {}, body, headers }: Parts): VdabRequest => {
    const query = new URLSearchParams(
      Object.entries(parameters).flatMap(([parameter, values]) =>
        values.map((value): [string, string] => [parameter, value])
      )
    )
    const parts = endpoint(name).hasPaths ? id.split('/') : [id]
    const target = `${base}/${targetOf(name).path.replace('{id}', () => parts.map(encodeURIComponent).join('/'))}`
    const json = body === undefined ? undefined : JSON.stringify(body)
    return {
      origin: url.origin,
      path: query.size === 0 ? target : `${target}?${query.toString()}`,
      method: endpoint(name).method,
      headers: {
        accept: 'application/json',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers
      },
      ...(json === undefined ? {} : { body: json })
    }
  }
}

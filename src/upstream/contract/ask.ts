import type { Config } from '../../config/index.ts'
import { createDispatcher } from '../dispatcher.ts'
import { endpoint } from '../endpoints.ts'
import type { EndpointName } from '../endpoints.ts'
import { failureOfTransport } from '../failures.ts'
import { need } from './verdict.ts'

export type Answer = { status: number; text: string }
type Question = {
  id?: string
  query?: Readonly<Record<string, string>>
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

const mostSilences = 3

/**
 * The plainest way to put a question to an endpoint of VDAB with the key: no cache, no batch, no retry, whatever the
 * status. Throws UPSTREAM_ errors when no answer comes; after three of these in a row nothing is asked any more.
 */
export const createAsk = (settings: Config['vdab'] & { url: URL; key: string }) => {
  const { url, key, paths, parameterNames, totalTimeoutMs } = settings
  const { dispatcher } = createDispatcher(settings)
  const base = `${url.pathname.replace(/\/$/, '')}/openservices/`
  let silences = 0

  return {
    ask: async (name: EndpointName, { id = '', query = {}, body, headers = {} }: Question = {}): Promise<Answer> => {
      need(silences < mostSilences, `VDAB gave no answer ${mostSilences} times in a row`)
      const { method, path } = endpoint(name)
      const search = new URLSearchParams(
        Object.entries(query).map(([parameter, value]): [string, string] => [
          parameterNames[parameter] ?? parameter,
          value
        ])
      )
      const signal = AbortSignal.timeout(totalTimeoutMs)
      try {
        const answer = await dispatcher.request({
          origin: url.origin,
          path: `${base}${(paths[name] ?? path).replace('{id}', encodeURIComponent(id))}${search.size === 0 ? '' : `?${search.toString()}`}`,
          method,
          headers: {
            accept: 'application/json',
            'x-ibm-client-id': key,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers
          },
          signal,
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        const text = await answer.body.text()
        silences = 0
        return { status: answer.statusCode, text }
      } catch (error) {
        silences += 1
        throw failureOfTransport(error, signal.aborted)
      }
    },
    close: () => dispatcher.close()
  }
}

export type AskEndpoint = ReturnType<typeof createAsk>['ask']

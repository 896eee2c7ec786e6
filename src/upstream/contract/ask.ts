import type { Config } from '../../config/index.ts'
import { createDispatcher } from '../dispatcher.ts'
import type { EndpointName } from '../endpoints.ts'
import { failureOfTransport } from '../failures.ts'
import { createRequests } from '../requests.ts'
import { need } from './assert.ts'
import type { ContractAnswer } from './assert.ts'

type Question = {
  id?: string
  query?: Readonly<Record<string, string>>
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

const maxSilences = 3

/**
 * Sends queries to VDAB without cache, batch or retry, and returns answers of any status. Throws UPSTREAM_ errors when
 * there is no answer; after three of these in a row it skips all further queries.
 */
export const createAsk = (settings: Config['vdab'] & { url: URL; key: string }) => {
  const { parameterNames, totalTimeoutMs } = settings
  const { dispatcher } = createDispatcher(settings)
  const requestOf = createRequests(settings)
  let silences = 0

  return {
    ask: async (name: EndpointName, { query = {}, ...parts }: Question = {}): Promise<ContractAnswer> => {
      need(silences < maxSilences, `VDAB gave no answer ${maxSilences} times in a row`)
      const parameters = Object.fromEntries(
        Object.entries(query).map(([parameter, value]) => [parameterNames[parameter] ?? parameter, [value]])
      )
      const signal = AbortSignal.timeout(totalTimeoutMs)
      try {
        const answer = await dispatcher.request({ ...requestOf(name, { ...parts, parameters }), signal })
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

export type Ask = ReturnType<typeof createAsk>['ask']

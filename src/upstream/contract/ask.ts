import { GatewayError } from '../../errors.ts'
import { createCredentials } from '../credentials/index.ts'
import type { ReachedVdab } from '../credentials/index.ts'
import { createDispatcher } from '../dispatcher.ts'
import type { EndpointName } from '../endpoints.ts'
import { failureOfTransport } from '../failures.ts'
import { createTargets } from '../profiles.ts'
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
 * Sends queries to VDAB without cache, batch or retry, and returns responses of any status. Throws UPSTREAM_ errors
 * when there is no response; after three of these in a row it skips all further queries.
 */
export const createAsk = (settings: ReachedVdab) => {
  const { parameterNames, totalTimeoutMs } = settings
  const { dispatcher } = createDispatcher(settings)
  const requestOf = createRequests(settings)
  const targetOf = createTargets(settings)
  const credentials = createCredentials({ settings })
  let silences = 0

  return {
    ask: async (name: EndpointName, { query = {}, ...parts }: Question = {}): Promise<ContractAnswer> => {
      need(silences < maxSilences, `VDAB gave no answer ${maxSilences} times in a row`)
      const parameters = Object.fromEntries(
        Object.entries(query).map(([parameter, value]) => [parameterNames[parameter] ?? parameter, [value]])
      )
      const signal = AbortSignal.timeout(totalTimeoutMs)
      try {
        const { headers } = await credentials.show(targetOf(name).needsToken)
        const request = requestOf(name, { ...parts, parameters })
        const answer = await dispatcher.request({
          ...request,
          headers: { ...request.headers, ...headers, ...parts.headers },
          signal
        })
        const text = await answer.body.text()
        silences = 0
        return { status: answer.statusCode, text }
      } catch (error) {
        silences += 1
        throw error instanceof GatewayError ? error : failureOfTransport(error, signal.aborted)
      }
    },
    close: async () => {
      await credentials.close()
      await dispatcher.close()
    }
  }
}

export type Ask = ReturnType<typeof createAsk>['ask']

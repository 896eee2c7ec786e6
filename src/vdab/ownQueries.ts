import { GatewayError } from '../errors.ts'
import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'
import { ownQuestion } from '../upstream/failures.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readPage, vacatureId } from '../upstream/records.ts'
import type { Question } from './freshness.ts'

const bulkOf = { vacature: 'vacaturesBulk', kandidaat: 'kandidatenBulk' } as const

type Dependencies = {
  client: Client
  /** queries an endpoint through the cache; checks the parameters */
  ask: (name: EndpointName, parameters: Parameters | undefined, question: Question) => unknown
  /** renames and sorts parameters as VDAB expects them */
  spell: (parameters: Parameters) => Parameters
  isId: (id: string) => boolean
}

/** Queries that the gateway sends to VDAB for itself. */
export const createOwnQueries = ({ client, ask, spell, isId }: Dependencies) => {
  let hasProbed = false
  const probeNext = (error: unknown, name: 'vacatures' | 'kandidaten', cause: Cause): Promise<unknown> =>
    error instanceof GatewayError && error.upstreamStatus === 403
      ? client.ask(name, { parameters: { aantal: ['1'] }, cause })
      : Promise.reject(error instanceof Error ? error : new Error('the probe failed'))

  return {
    /**
     * A page of the vacancies published on a day. It bypasses the cache, since an export would fill it with pages that
     * nobody else requests.
     */
    initial: async (datum: string, vanaf: number, aantal: number, cause: Cause) => {
      const parameters = spell({ datum: [datum], vanaf: [String(vanaf)], aantal: [String(aantal)] })
      return readPage(await ownQuestion(() => client.ask('vacaturesInitial', { parameters, cause })))
    },
    /**
     * Rows of VDAB's feed of changes. `raw` is the id as VDAB sends it, `id` the id in lower case where it is valid.
     */
    bulk: async (name: DetailName, parameters: Parameters, cause: Cause) => {
      const answer = await ownQuestion(() => ask(bulkOf[name], parameters, { cause, wait: cause.wait }))
      const { totaal, items } = readPage(answer)
      const rows = items.map((item) => {
        const raw = (name === 'vacature' ? vacatureId(item) : kandidaatId(item)) ?? ''
        const status = typeof item['status'] === 'string' ? item['status'] : ''
        return { raw, id: isId(raw) ? raw.toLowerCase() : undefined, status }
      })
      return { totaal, rows }
    },
    /**
     * One call that checks whether VDAB answers; the first one goes through the cache and loads a list. A key may be
     * registered for some of VDAB's products only, so a 403 is followed by a call to another product.
     */
    probe: async (): Promise<unknown> => {
      const cause: Cause = { upstreamCalls: 0 }
      const isFirst = !hasProbed
      hasProbed = true
      try {
        return await (isFirst ? ask('jobdomeinen', undefined, { cause }) : client.ask('jobdomeinen', { cause }))
      } catch (error) {
        return probeNext(error, 'vacatures', cause).catch((next: unknown) => probeNext(next, 'kandidaten', cause))
      }
    }
  }
}

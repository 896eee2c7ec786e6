import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'
import { ownQuestion } from '../upstream/failures.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readPage, vacatureId } from '../upstream/records.ts'
import type { Question } from './freshness.ts'

const bulkOf = { vacature: 'vacaturesBulk', kandidaat: 'kandidatenBulk' } as const

type Dependencies = {
  client: Client
  /** asks an endpoint with checked parameters */
  ask: (name: EndpointName, parameters: Parameters, question: Question) => unknown
  /** parameters by VDAB's names and in one order */
  spell: (parameters: Parameters) => Parameters
  isId: (id: string) => boolean
}

/** What the gateway asks VDAB on its own account, past the cache. */
export const createOwnQuestions = ({ client, ask, spell, isId }: Dependencies) => ({
  /** A page of what is published on a day: whoever reads the whole list would fill the cache with what nobody asks for. */
  initial: async (datum: string, vanaf: number, aantal: number, cause: Cause) => {
    const parameters = spell({ datum: [datum], vanaf: [String(vanaf)], aantal: [String(aantal)] })
    return readPage(await ownQuestion(() => client.ask('vacaturesInitial', { parameters, cause })))
  },
  /** Rows of VDAB's feed of changes: what VDAB names, and the id where that is one. */
  bulk: async (name: DetailName, parameters: Parameters, cause: Cause) => {
    const { totaal, items } = readPage(
      await ownQuestion(() => ask(bulkOf[name], parameters, { cause, wait: cause.wait }))
    )
    const rows = items.map((item) => {
      const raw = (name === 'vacature' ? vacatureId(item) : kandidaatId(item)) ?? ''
      return {
        raw,
        id: isId(raw) ? raw.toLowerCase() : undefined,
        status: typeof item['status'] === 'string' ? item['status'] : ''
      }
    })
    return { totaal, rows }
  }
})

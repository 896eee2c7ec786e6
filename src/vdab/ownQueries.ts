import { GatewayError } from '../errors.ts'
import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'
import { ownQuestion } from '../upstream/failures.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readPage, vacatureId } from '../upstream/records.ts'
import type { Question } from './freshness.ts'

const bulkOf = { vacature: 'vacaturesBulk', kandidaat: 'kandidatenBulk' } as const

type Probe = 'jobdomeinen' | 'vacatures' | 'kandidaten'
/** The calls that test whether VDAB responds; in version 4, the first one needs a token. */
const probes: Readonly<Record<'v2' | 'v4', readonly [Probe, ...Probe[]]>> = {
  v2: ['jobdomeinen', 'vacatures', 'kandidaten'],
  v4: ['vacatures', 'jobdomeinen', 'kandidaten']
}

type Dependencies = {
  profile: 'v2' | 'v4'
  client: Client
  /** queries an endpoint through the cache; checks the parameters */
  ask: (name: EndpointName, parameters: Parameters | undefined, question: Question) => unknown
  /** renames and sorts parameters as VDAB expects them */
  spell: (parameters: Parameters) => Parameters
  isId: (id: string) => boolean
}

/** Queries that the gateway sends to VDAB for its own purposes. */
export const createOwnQueries = ({ profile, client, ask, spell, isId }: Dependencies) => {
  let hasProbed = false
  const again = (error: unknown, name: Probe, send: (name: Probe) => Promise<unknown>): Promise<unknown> =>
    error instanceof GatewayError && error.upstreamStatus === 403
      ? send(name)
      : Promise.reject(error instanceof Error ? error : new Error('the probe failed'))

  return {
    /**
     * A page of the vacancies published on a day. It bypasses the cache, since an export would fill it with pages that
     * no other request uses.
     */
    initial: async (datum: string, vanaf: number, aantal: number, cause: Cause) => {
      const parameters = spell({ datum: [datum], vanaf: [String(vanaf)], aantal: [String(aantal)] })
      return readPage(await ownQuestion(() => client.ask('vacaturesInitial', { parameters, cause })))
    },
    /** Rows of VDAB's feed of changes. `raw` is the id as VDAB sends it, `id` the id in lower case if it is valid. */
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
     * One call that checks whether VDAB responds; the first one for a list goes through the cache and loads it. A key
     * may be registered for only some of VDAB's products, so a 403 is followed by a call to another product.
     */
    probe: async (): Promise<unknown> => {
      const cause: Cause = { upstreamCalls: 0 }
      const isFirst = !hasProbed
      hasProbed = true
      const send = (name: Probe) =>
        name === 'jobdomeinen' && isFirst
          ? Promise.resolve(ask(name, undefined, { cause }))
          : client.ask(name, { parameters: name === 'jobdomeinen' ? {} : { aantal: ['1'] }, cause })
      const [first, ...others] = probes[profile]
      return others.reduce((probing, name) => probing.catch((error: unknown) => again(error, name, send)), send(first))
    }
  }
}

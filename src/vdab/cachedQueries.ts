import type { Cached, Fetch } from '../cache/cached.ts'
import type { Config } from '../config/index.ts'
import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readPage, readRecord } from '../upstream/records.ts'
import { claimOf } from '../upstream/wait.ts'
import type { Claim } from '../upstream/wait.ts'
import type { CanonicalQuery, createCanonicalQueries } from './canonicalQuery.ts'
import type { Question } from './freshness.ts'
import type { createPolicies } from './policies.ts'

type Dependencies = {
  settings: Pick<Config['vdab'], 'totalTimeoutMs'>
  client: Client
  cached: Cached
  policies: ReturnType<typeof createPolicies>
  spelling: ReturnType<typeof createCanonicalQueries>
  loadVacature: (id: string, cause: Cause, claim: Claim) => Promise<unknown>
}

/** Queries that are answered from the cache, and by a call to VDAB where the cache has no answer that may be used. */
export const createCachedQueries = ({ settings, client, cached, policies, spelling, loadVacature }: Dependencies) => {
  const { policyOf, keyOf } = policies
  const load: Readonly<Record<DetailName, (id: string, cause: Cause, claim: Claim) => Promise<unknown>>> = {
    vacature: loadVacature,
    kandidaat: async (id, cause, claim) => {
      const answer = await client.ask('kandidaat', { id, cause, claim })
      return answer === null ? null : readRecord(answer, id, kandidaatId)
    }
  }

  /** Who a fetch is booked on: the request that waits for it, or nobody. */
  const causeOf = (fetching: Fetch, question: Question): Cause =>
    fetching.isBackground ? { upstreamCalls: 0, isBackground: () => fetching.isBackground } : question.cause
  const claim = (fetching: Fetch): Claim => claimOf(fetching, settings.totalTimeoutMs)

  const fetchDetail = (name: DetailName, id: string, question: Question, key: string) =>
    cached.get(
      key,
      policyOf(name),
      (fetching) => load[name](id, causeOf(fetching, question), claim(fetching)),
      question
    )
  const detail = (name: DetailName, id: string, question: Question, key = keyOf(name, id)): unknown => {
    const known = cached.known(key, policyOf(name), question)
    return known === undefined ? fetchDetail(name, id, question, key) : known
  }

  const refetchVacature = (id: string, askedAt: number | undefined) => {
    cached.refetch(
      keyOf('vacature', id),
      policyOf('vacature'),
      (fetching) => loadVacature(id, causeOf(fetching, { cause: { upstreamCalls: 0 } }), claim(fetching)),
      askedAt
    )
  }

  const pageOf =
    (name: EndpointName, parameters: Parameters, question: Question) =>
    async (fetching: Fetch): Promise<unknown> => {
      const answer = await client.ask(name, { parameters, cause: causeOf(fetching, question), claim: claim(fetching) })
      readPage(answer) // throws on what cannot be read, so that it is not kept
      return answer
    }
  const askSpelled = (name: EndpointName, { parameters, key }: CanonicalQuery, question: Question): unknown => {
    const policy = policyOf(name)
    const known = cached.known(key, policy, question)
    return known === undefined ? cached.get(key, policy, pageOf(name, parameters, question), question) : known
  }
  const ask = (name: EndpointName, parameters: Parameters | undefined, question: Question): unknown =>
    askSpelled(name, parameters ? spelling.read(name, parameters) : spelling.bare(name), question)

  /** Fetches a list that is not cached, as background work; a request that comes meanwhile shares the fetch. */
  const askBehind = async (name: EndpointName): Promise<unknown> => {
    const { key, parameters } = spelling.bare(name)
    const policy = policyOf(name)
    const question: Question = { cause: { upstreamCalls: 0 } }
    const known = cached.known(key, policy, question)
    let answer: Promise<unknown> | undefined
    if (known === undefined)
      cached.refetch(key, policy, (fetching) => (answer = pageOf(name, parameters, question)(fetching)))
    return known ?? answer
  }

  return {
    /** A record by id, where the cache has none to give at once. */
    fetchDetail,
    /** A record by id: itself where it is known, else its promise; `null` when VDAB does not know it. */
    detail,
    /** Fetches a vacancy in the background; `askedAt` is when it was last asked for. */
    refetchVacature,
    /** An envelope or a list as VDAB sends it, for a query in canonical form. */
    askSpelled,
    /** The same for parameters as a client has them; without any, for the whole list. */
    ask,
    askBehind
  }
}

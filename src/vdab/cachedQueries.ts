import type { Cached, Fetch } from '../cache/cached.ts'
import type { Config } from '../config/index.ts'
import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, EndpointName } from '../upstream/endpoints.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readRecord } from '../upstream/records.ts'
import { claimOf } from '../upstream/wait.ts'
import type { Claim } from '../upstream/wait.ts'
import type { CanonicalQuery, createCanonicalQueries } from './canonicalQuery.ts'
import { createFetchCalls } from './explanation.ts'
import type { Question } from './freshness.ts'
import type { createPolicies } from './policies.ts'

type Dependencies = {
  settings: Pick<Config['vdab'], 'totalTimeoutMs'>
  client: Client
  cached: Cached
  policies: ReturnType<typeof createPolicies>
  canonical: ReturnType<typeof createCanonicalQueries>
  loadVacature: (id: string, cause: Cause, claim: Claim) => Promise<unknown>
}

/** Looks queries up in the cache, and queries VDAB if the cache has no entry that may be served. */
export const createCachedQueries = ({ settings, client, cached, policies, canonical, loadVacature }: Dependencies) => {
  const { policyOf, localPolicyOf, keyOf } = policies
  const fetchCalls = createFetchCalls()
  const load: Readonly<Record<DetailName, (id: string, cause: Cause, claim: Claim) => Promise<unknown>>> = {
    vacature: loadVacature,
    kandidaat: async (id, cause, claim) => {
      const answer = await client.ask('kandidaat', { id, cause, claim })
      return answer === null ? null : readRecord(answer, id, kandidaatId)
    }
  }

  /** The request that pays for a fetch; background work has none. */
  const causeOf = (fetching: Fetch, question: Question): Cause =>
    fetching.isBackground
      ? { upstreamCalls: 0, isBackground: () => fetching.isBackground, consumer: question.cause.consumer }
      : question.cause
  const claim = (fetching: Fetch): Claim => ({
    ...claimOf(fetching, settings.totalTimeoutMs),
    onCall: fetchCalls.add(fetching),
    causes: () => fetching.causes() as Iterable<Cause> // each lookup here has a Question, whose cause it is
  })

  const fetchDetail = (name: DetailName, id: string, question: Question) => (fetching: Fetch) =>
    load[name](id, causeOf(fetching, question), claim(fetching))
  const detail = (name: DetailName, id: string, question: Question, key = keyOf(name, id)): unknown =>
    cached.get(key, policyOf(name), fetchDetail(name, id, question), question)

  const refetchVacature = (id: string, askedAt: number) => {
    const fill = fetchDetail('vacature', id, { cause: { upstreamCalls: 0 } })
    void cached.refetch(keyOf('vacature', id), policyOf('vacature'), fill, askedAt)
  }

  const pageOf =
    (name: EndpointName, parameters: Parameters, question: Question) =>
    (fetching: Fetch): Promise<unknown> =>
      client.ask(name, { parameters, cause: causeOf(fetching, question), claim: claim(fetching) })
  const askCanonical = (name: EndpointName, { parameters, key }: CanonicalQuery, question: Question): unknown => {
    const policy = question.isAboutPerson ? localPolicyOf(name) : policyOf(name)
    return cached.get(key, policy, pageOf(name, parameters, question), question)
  }
  const ask = (name: EndpointName, parameters: Parameters | undefined, question: Question): unknown =>
    askCanonical(name, parameters ? canonical.read(name, parameters) : canonical.bare(name), question)

  /** A document of Competent by its path, which must be checked; `null` when VDAB does not know it. */
  const document = (path: string, parameters: Parameters, accept: string, question: Question): unknown => {
    const asked = Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)))
    const key = keyOf('competent', `${accept} ${path} ${JSON.stringify(asked)}`)
    const fill = (fetching: Fetch) =>
      client.ask('competent', {
        id: path,
        parameters: asked,
        headers: { accept },
        cause: causeOf(fetching, question),
        claim: claim(fetching)
      })
    return cached.get(key, policyOf('competent'), fill, question)
  }

  /** Fetches a list in the background if it is not cached; a request for it joins the fetch. */
  const fetchInBackground = async (name: EndpointName): Promise<unknown> => {
    const { key, parameters } = canonical.bare(name)
    const policy = policyOf(name)
    const question: Question = { cause: { upstreamCalls: 0 } }
    const known = cached.known(key, policy, question)
    return known ?? cached.refetch(key, policy, pageOf(name, parameters, question))
  }

  /** The cached value of an endpoint without parameters, undefined when there is none. */
  const cachedAnswer = (name: EndpointName): unknown => cached.known(canonical.bare(name).key, policyOf(name), {})

  return {
    /** A record by id: at once when it is cached, otherwise its promise; `null` when VDAB does not know it. */
    detail,
    /** Fetches a vacancy in the background; `askedAt` is the last request for it, in ms. */
    refetchVacature,
    /** An envelope or a list as VDAB sends it, for a canonical query. */
    askCanonical,
    /** The same for the parameters of a request; without parameters, for the whole list. */
    ask,
    document,
    fetchInBackground,
    cachedAnswer,
    /** The calls that were made for a fetch. */
    callsOf: fetchCalls.of
  }
}

import type { Cached, Fetch } from '../cache/cached.ts'
import type { Cache } from '../cache/requestCache.ts'
import type { Config } from '../config/index.ts'
import { badInput } from '../errors.ts'
import { createInvalidation } from './invalidation.ts'
import { createLijsten } from './referenceLists.ts'
import { createOwnQueries } from './ownQueries.ts'
import { createPolicies } from './policies.ts'
import type { Path } from '../schema/responsePath.ts'
import { createSearch } from './search.ts'
import { createCanonicalQueries } from './canonicalQuery.ts'
import type { CanonicalQuery } from './canonicalQuery.ts'
import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, EndpointName, LivesByKind, PageName } from '../upstream/endpoints.ts'
import type { LijstName } from '../upstream/lijsten.ts'
import { reachOf } from '../upstream/parameters.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readPage, readRecord } from '../upstream/records.ts'
import type { VdabRecord } from '../upstream/records.ts'
import { claimOf } from '../upstream/wait.ts'
import type { Claim } from '../upstream/wait.ts'
import { createFreshness, noSuchId } from './freshness.ts'
import type { Question } from './freshness.ts'

type Dependencies = {
  settings: Config['vdab']
  client: Client
  cached: Cached
  /** caches canonical queries; none when absent */
  spelled?: Cache<CanonicalQuery> | undefined
  loadVacature: (id: string, cause: Cause, claim: Claim) => Promise<unknown>
  /** the records of vacancies by vdabReferentie, VDAB's own number */
  loadByReferentie?: (numbers: readonly number[], cause: Cause) => Promise<ReadonlyMap<number, VdabRecord>>
  /** the times of endpoints that the settings override */
  lives?: LivesByKind
  /** is VDAB's feed of changes of this type followed now? called at each lookup */
  isFollowed?: (name: DetailName) => boolean
  /** invalidates changed records in the caches of all workers; only in this one when absent */
  changedEverywhere?: ((name: DetailName, ids: readonly string[], before: number) => Promise<void>) | undefined
  warn: (message: string) => void
  now?: () => number
}

/**
 * The access to VDAB for the rest of the gateway: checks a query, then looks it up in the cache, then in the batcher,
 * then at VDAB.
 */
export const createVdab = ({
  settings,
  client,
  cached,
  spelled,
  loadVacature,
  loadByReferentie = () => Promise.resolve(new Map()),
  lives = {},
  isFollowed = () => false,
  changedEverywhere,
  warn,
  now = Date.now
}: Dependencies) => {
  const policies = createPolicies({ settings: lives, isFollowed })
  const { policyOf, keyOf } = policies
  const queries = createCanonicalQueries({ settings, keyOf, isPersonal: policies.isPersonal, known: spelled })
  const load: Readonly<Record<DetailName, (id: string, cause: Cause, claim: Claim) => Promise<unknown>>> = {
    vacature: loadVacature,
    kandidaat: async (id, cause, claim) => {
      const answer = await client.ask('kandidaat', { id, cause, claim })
      return answer === null ? null : readRecord(answer, id, kandidaatId)
    }
  }

  /** The request that a fetch is accounted to, or none for background work. */
  const causeOf = (fetching: Fetch, question: Question): Cause =>
    fetching.isBackground ? { upstreamCalls: 0, isBackground: () => fetching.isBackground } : question.cause
  const claim = (fetching: Fetch): Claim => claimOf(fetching, settings.totalTimeoutMs)

  const isId = (id: string) => settings.idPattern.test(id)
  const checkId = (field: string, id: string): string => {
    if (!isId(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }

  const fetchDetail = (name: DetailName, id: string, question: Question) => (fetching: Fetch) =>
    load[name](id, causeOf(fetching, question), claim(fetching))
  const detail = (name: DetailName, id: string, question: Question, key = keyOf(name, id)): unknown =>
    cached.get(key, policyOf(name), fetchDetail(name, id, question), question)

  const invalidation = createInvalidation({
    cached,
    policies,
    refetch: (id, askedAt) => {
      const fill = fetchDetail('vacature', id, { cause: { upstreamCalls: 0 } })
      cached.refetch(keyOf('vacature', id), policyOf('vacature'), fill, askedAt)
    },
    now
  })

  const pageOf =
    (name: EndpointName, parameters: Parameters, question: Question) =>
    async (fetching: Fetch): Promise<unknown> => {
      const answer = await client.ask(name, { parameters, cause: causeOf(fetching, question), claim: claim(fetching) })
      readPage(answer) // throws on an unknown shape, so that it is not cached
      return answer
    }
  const askCanonical = (name: EndpointName, { parameters, key }: CanonicalQuery, question: Question): unknown =>
    cached.get(key, policyOf(name), pageOf(name, parameters, question), question)
  const ask = (name: EndpointName, parameters: Parameters | undefined, question: Question): unknown =>
    askCanonical(name, parameters ? queries.read(name, parameters) : queries.bare(name), question)

  /** Fetches a list in the background if it is not cached; a request for it joins the fetch. */
  const askBehind = async (name: EndpointName): Promise<unknown> => {
    const { key, parameters } = queries.bare(name)
    const policy = policyOf(name)
    const question: Question = { cause: { upstreamCalls: 0 } }
    const known = cached.known(key, policy, question)
    let answer: Promise<unknown> | undefined
    if (known === undefined)
      cached.refetch(key, policy, (fetching) => (answer = pageOf(name, parameters, question)(fetching)))
    return known ?? answer
  }
  const { list, label, check, load: loadLijst } = createLijsten({ ask, askBehind, warn, now })

  /** Forgets the CVs in an answer of VDAB's feed of changes. */
  const forgetChanged = (answer: unknown) =>
    (changedEverywhere ?? invalidation.changed)(
      'kandidaat',
      readPage(answer).items.flatMap((item) => kandidaatId(item) ?? []),
      now() + 1
    )

  const pageInSteps = async (name: PageName, query: CanonicalQuery, question: Question): Promise<unknown> => {
    await check(query.lookUps, question)
    const answer = await askCanonical(name, query, question)
    if (name === 'kandidatenBulk') await forgetChanged(answer)
    return answer
  }
  const page = (name: PageName, parameters: Parameters, question: Question): unknown => {
    const query = queries.read(name, parameters)
    const needsSteps = query.lookUps.length > 0 || name === 'kandidatenBulk'
    return needsSteps ? pageInSteps(name, query, question) : askCanonical(name, query, question)
  }

  const search = createSearch({
    settings,
    warn,
    page: (parameters, question) => page('vacatures', parameters, question),
    keyOf: (id) => keyOf('vacature', id),
    knownNow:
      (question, policy = policyOf('vacature'), at = now()) =>
      (key) =>
        cached.known(key, policy, question, at),
    detail: (id, question, key) => detail('vacature', id, question, key)
  })

  const asking = (question: Question) => ({
    /** A record by id, at once when it is cached; `null` when VDAB does not know it, or the id is not valid. */
    detail: (name: DetailName, id: string) =>
      (isId(id) ? detail(name, id.toLowerCase(), question) : noSuchId(question)) as
        VdabRecord | null | Promise<VdabRecord | null>, // readRecord has checked it
    /**
     * Vacancies by vdabReferentie, never cached: VDAB reports changes by id, so an entry by number could not be
     * invalidated.
     */
    byReferentie: (numbers: readonly number[]) => loadByReferentie(numbers, question.cause),
    /** An envelope as VDAB sends it, at once when it is cached. */
    page: (name: PageName, parameters: Parameters) => page(name, parameters, question),
    /** A parsed envelope: the total and the items. */
    items: async (name: PageName, parameters: Parameters) => readPage(await page(name, parameters, question)),
    /** A reference list as VDAB sends it, by endpoint. */
    raw: (name: EndpointName, parameters: Parameters) => ask(name, parameters, question),
    /** Throws BAD_USER_INPUT where `page` would, without a query for the page. */
    check: async (name: PageName, parameters: Parameters) => check(queries.read(name, parameters).lookUps, question),
    lijst: (name: LijstName, trefwoord?: string) => list(name, trefwoord, question),
    label: (name: LijstName, code: string) => label(name, code, question)
  })

  return {
    /**
     * The access to VDAB for one request, which all calls are accounted to. With `maxAgeMs`, no answer is stale, or was
     * fetched longer ago than that.
     */
    for: (cause: Cause, { maxAgeMs }: { maxAgeMs?: number | undefined } = {}) => {
      const versheid = createFreshness()
      const notBefore = maxAgeMs === undefined ? undefined : now() - maxAgeMs
      const isBackground = cause.isBackground?.() ?? false
      const questionAt = (path?: Path): Question => ({
        cause,
        wait: cause.wait,
        notBefore,
        isBackground,
        seen: (seen) => {
          versheid.note(seen, path)
        }
      })
      return {
        cause,
        /** The queries for one path of the response, so that `extensions` can name the path of a stale part. */
        at: (path?: Path) => asking(questionAt(path)),
        /**
         * The same for a search, and for the label of a code: a page has hundreds of labels, and `at` would create its
         * object for each.
         */
        searchAt: (path: Path, parameters: Parameters, selected: readonly string[]) =>
          search(parameters, selected, questionAt(path)),
        labelAt: (path: Path, name: LijstName, code: string) => label(name, code, questionAt(path)),
        /** The age of the answer, and whether the request limits it. */
        versheid,
        isFresherAsked: maxAgeMs !== undefined,
        isId,
        /** The number of items of this search that paging can reach. */
        reachOf: (parameters: Parameters) => reachOf(parameters, settings),
        /** The version of the cache entry of this very record. */
        stampOf: cached.stampOf,
        /** The current instant, in VDAB's format. */
        now: () => new Date(now()).toISOString()
      }
    },
    isId,
    /**
     * The instant until which a cache entry is fresh; `touch` marks it as requested when a value derived from it is
     * served.
     */
    freshUntil: policies.freshUntil,
    touch: cached.touch,
    ...createOwnQueries({ client, ask, spell: queries.spell, isId }),
    loadLijst,
    ...invalidation,
    /**
     * Forgets one record, and every page that contains it. Throws BAD_USER_INPUT on an invalid id, as `forgetPerson`
     * does.
     */
    forget: (name: DetailName, id: string) => {
      invalidation.forget(name, checkId('id', id))
    },
    forgetPerson: (cvId: string) => {
      invalidation.forgetPerson(checkId('cvId', cvId))
    }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

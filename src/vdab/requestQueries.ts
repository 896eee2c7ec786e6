import type { Cached } from '../cache/cached.ts'
import type { Config } from '../config/index.ts'
import type { Path } from '../schema/responsePath.ts'
import type { Cause } from '../upstream/client.ts'
import type { DetailName, EndpointName, PageName } from '../upstream/endpoints.ts'
import type { LijstName } from '../upstream/lijsten.ts'
import { reachOf } from '../upstream/parameters.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { kandidaatId, readPage } from '../upstream/records.ts'
import type { VdabRecord } from '../upstream/records.ts'
import type { createCachedQueries } from './cachedQueries.ts'
import type { CanonicalQuery, createCanonicalQueries } from './canonicalQuery.ts'
import type { Explanation } from './explanation.ts'
import { createFreshness, noSuchId } from './freshness.ts'
import type { Question } from './freshness.ts'
import type { createPolicies } from './policies.ts'
import type { createLijsten } from './referenceLists.ts'
import { createSearch } from './search.ts'

type Dependencies = {
  settings: Config['vdab']
  cached: Cached
  policies: ReturnType<typeof createPolicies>
  canonical: ReturnType<typeof createCanonicalQueries>
  queries: ReturnType<typeof createCachedQueries>
  lists: ReturnType<typeof createLijsten>
  loadByReferentie: (numbers: readonly number[], cause: Cause) => Promise<ReadonlyMap<number, VdabRecord>>
  isId: (id: string) => boolean
  /** invalidates changed records in all caches */
  changed: (name: DetailName, ids: readonly string[], before: number) => Promise<void>
  warn: (message: string) => void
  now: () => number
}

/** The options of a request. */
type RequestOptions = { maxAgeMs?: number | undefined; explanation?: Explanation | undefined }

/** Creates the queries of one request: records, pages, lists and searches, with the freshness of their answers. */
export const createRequestQueries = ({
  settings,
  cached,
  policies: { policyOf, keyOf },
  canonical,
  queries: { detail, askCanonical, ask, document, callsOf },
  lists: { list, label, check },
  loadByReferentie,
  isId,
  changed,
  warn,
  now
}: Dependencies) => {
  /** Deletes the cached CVs that a response of VDAB's feed of changes lists. */
  const forgetChanged = (answer: unknown) =>
    changed(
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
    const query = canonical.read(name, parameters, question.isAboutPerson)
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

  const queriesFor = (question: Question) => ({
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
    /** Marks that the response contains more than cache entries: it must not be cached. */
    markUncacheable: () => question.onResult?.({ how: 'hit', ageMs: 0, leftMs: 0 }),
    /** A reference list as VDAB sends it, by endpoint. */
    raw: (name: EndpointName, parameters: Parameters) => ask(name, parameters, question),
    /** A document of Competent as VDAB sends it, `null` when VDAB does not know it; `path` must be checked. */
    document: (path: string, parameters: Parameters, accept: string) => document(path, parameters, accept, question),
    /** Throws BAD_USER_INPUT if `page` would, without a query for the page. */
    check: async (name: PageName, parameters: Parameters) => check(canonical.read(name, parameters).lookUps, question),
    lijst: (name: LijstName, trefwoord?: string) => list(name, trefwoord, question),
    label: (name: LijstName, code: string) => label(name, code, question)
  })

  /**
   * The access to VDAB for one request, which pays for all calls. With `maxAgeMs`, no value is stale, or was fetched
   * longer ago than that. `explanation` collects how the response is made.
   */
  return (cause: Cause, { maxAgeMs, explanation }: RequestOptions = {}) => {
    const versheid = createFreshness()
    const notBefore = maxAgeMs === undefined ? undefined : now() - maxAgeMs
    const isBackground = cause.isBackground?.() ?? false
    const questionAt = (path?: Path): Question => ({
      cause,
      wait: cause.wait,
      notBefore,
      isBackground,
      onResult: (result) => {
        versheid.note(result, path)
        explanation?.note(result, path, callsOf(result.fetching))
      }
    })
    return {
      cause,
      /** The queries for one path of the response, so that `extensions` can name the path of a stale part. */
      at: (path?: Path, about?: Pick<Question, 'isAboutPerson'>) =>
        queriesFor(about ? { ...questionAt(path), ...about } : questionAt(path)),
      /**
       * The same for a search, and for the label of a code: a page has hundreds of labels, and `at` would create its
       * object for each.
       */
      searchAt: (path: Path, parameters: Parameters, selected: readonly string[]) =>
        search(parameters, selected, questionAt(path)),
      labelAt: (path: Path, name: LijstName, code: string) => label(name, code, questionAt(path)),
      /** The age of the response, and whether the request limits it. */
      versheid,
      explanation,
      isFresherAsked: maxAgeMs !== undefined,
      isId,
      /** The number of items of this search that paging can reach. */
      reachOf: (parameters: Parameters) => reachOf(parameters, settings),
      /** The version of the cache entry of exactly this record. */
      entryVersionOf: cached.entryVersionOf,
      /** The JSON of exactly this record, if the cache has it. */
      textOf: cached.textOf,
      /** The current instant, in VDAB's format. */
      now: () => new Date(now()).toISOString()
    }
  }
}

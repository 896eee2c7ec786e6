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
import { createFreshness, noSuchId } from './freshness.ts'
import type { Question } from './freshness.ts'
import type { createPolicies } from './policies.ts'
import type { createLijsten } from './referenceLists.ts'
import { createSearch } from './search.ts'
import type { Selected } from './search.ts'

type Dependencies = {
  settings: Config['vdab']
  cached: Cached
  policies: ReturnType<typeof createPolicies>
  spelling: ReturnType<typeof createCanonicalQueries>
  queries: ReturnType<typeof createCachedQueries>
  lists: ReturnType<typeof createLijsten>
  loadByReferentie: (numbers: readonly number[], cause: Cause) => Promise<ReadonlyMap<number, VdabRecord>>
  isId: (id: string) => boolean
  /** tells the caches that records changed */
  changed: (name: DetailName, ids: readonly string[], before: number) => Promise<void>
  warn: (message: string) => void
  now: () => number
}

/** Makes what one request can ask: records, pages and lists, searches, and how fresh its answer is. */
export const createRequestQueries = ({
  settings,
  cached,
  policies: { policyOf, keyOf },
  spelling,
  queries: { fetchDetail, detail, askSpelled, ask },
  lists: { list, label, check },
  loadByReferentie,
  isId,
  changed,
  warn,
  now
}: Dependencies) => {
  /** Whoever reads VDAB's feed of changed CVs has the gateway learn of them: none of them is served from before. */
  const forgetChanged = (answer: unknown) =>
    changed(
      'kandidaat',
      readPage(answer).items.flatMap((item) => kandidaatId(item) ?? []),
      now() + 1
    )

  const pageInSteps = async (name: PageName, spelled: CanonicalQuery, question: Question): Promise<unknown> => {
    await check(spelled.lookUps, question)
    const answer = await askSpelled(name, spelled, question)
    if (name === 'kandidatenBulk') await forgetChanged(answer)
    return answer
  }
  const page = (name: PageName, parameters: Parameters, question: Question): unknown => {
    const spelled = spelling.read(name, parameters)
    return spelled.lookUps.length > 0 || name === 'kandidatenBulk'
      ? pageInSteps(name, spelled, question)
      : askSpelled(name, spelled, question)
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
    detail: (id, question, key) => fetchDetail('vacature', id, question, key)
  })

  const asking = (question: Question) => ({
    /** A record by id, itself when it is known; `null` when VDAB does not know it, at once when it is no VDAB id. */
    detail: (name: DetailName, id: string) =>
      (isId(id) ? detail(name, id.toLowerCase(), question) : noSuchId(question)) as
        VdabRecord | null | Promise<VdabRecord | null>, // readRecord saw to it
    /** Vacancies by VDAB's number, always from VDAB: its feed reports changes by id, so they cannot be cached. */
    byReferentie: (numbers: readonly number[]) => loadByReferentie(numbers, question.cause),
    /** An envelope as VDAB sends it, itself when it is known. */
    page: (name: PageName, parameters: Parameters) => page(name, parameters, question),
    /** An envelope, read: the total and the items. */
    items: async (name: PageName, parameters: Parameters) => readPage(await page(name, parameters, question)),
    /** A reference list as VDAB sends it, by endpoint. */
    raw: (name: EndpointName, parameters: Parameters) => ask(name, parameters, question),
    /** Throws BAD_USER_INPUT where `page` would, and asks for no page. */
    check: async (name: PageName, parameters: Parameters) => check(spelling.read(name, parameters).lookUps, question),
    lijst: (name: LijstName, trefwoord?: string) => list(name, trefwoord, question),
    label: (name: LijstName, code: string) => label(name, code, question)
  })

  /**
   * The same, with every call booked on one request. With `maxAgeMs` nothing is answered that was asked of VDAB longer
   * than that before this moment, and nothing stale.
   */
  return (cause: Cause, { maxAgeMs }: { maxAgeMs?: number | undefined } = {}) => {
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
      /** The queries for one path of the answer, under which `versheid` then reports what is stale. */
      at: (path?: Path) => asking(questionAt(path)),
      /** The same for a search and for a label: a page has hundreds of labels, and this makes no object for each. */
      searchAt: (path: Path, parameters: Parameters, selected: Selected) =>
        search(parameters, selected, questionAt(path)),
      labelAt: (path: Path, name: LijstName, code: string) => label(name, code, questionAt(path)),
      /** How old the answer is, and whether it was asked for with a greatest age. */
      versheid,
      isFresherAsked: maxAgeMs !== undefined,
      isId,
      /** How many items of this search can be reached by paging. */
      reachOf: (parameters: Parameters) => reachOf(parameters, settings),
      /** Under what this very record stands in the cache. */
      stampOf: cached.stampOf,
      /** This instant, in VDAB's spelling. */
      now: () => new Date(now()).toISOString()
    }
  }
}

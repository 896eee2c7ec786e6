import type { Cached, Fetch } from '../cache/cached.ts'
import type { Cache } from '../cache/requestCache.ts'
import type { Config } from '../config/index.ts'
import { badInput } from '../errors.ts'
import { createInvalidation } from './invalidation.ts'
import { createLijsten } from './referenceLists.ts'
import { createOwnQuestions } from './feedQueries.ts'
import { createPolicies } from './policies.ts'
import type { Path } from '../schema/responsePath.ts'
import { createProbe } from './probe.ts'
import { createSearch } from './search.ts'
import type { Selected } from './search.ts'
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
  /** where questions are remembered as VDAB is asked them; they are not when absent */
  spelled?: Cache<CanonicalQuery> | undefined
  loadVacature: (id: string, cause: Cause, claim: Claim) => Promise<unknown>
  /** the records of vacancies by VDAB's numbers of them */
  loadByReferentie?: (numbers: readonly number[], cause: Cause) => Promise<ReadonlyMap<number, VdabRecord>>
  /** what the settings replace of the times of the endpoints */
  lives?: LivesByKind
  /** is VDAB's feed of changes of this noun followed at this moment? asked at each reading */
  isFollowed?: (name: DetailName) => boolean
  /** tells every cache of this gateway what changed; this one alone when absent */
  changedEverywhere?: ((name: DetailName, ids: readonly string[], before: number) => Promise<void>) | undefined
  warn: (message: string) => void
  now?: () => number
}

/** VDAB as the rest of the gateway sees it: checked, cached, batched. Cache, then batcher, then wire. */
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
  const spelling = createCanonicalQueries({ settings, keyOf, isPersonal: policies.isPersonal, known: spelled })
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

  const isId = (id: string) => settings.idPattern.test(id)
  const checkId = (field: string, id: string): string => {
    if (!isId(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }

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

  const forgetting = createInvalidation({
    cached,
    policies,
    refetch: (id, askedAt) => {
      cached.refetch(
        keyOf('vacature', id),
        policyOf('vacature'),
        (fetching) => loadVacature(id, causeOf(fetching, { cause: { upstreamCalls: 0 } }), claim(fetching)),
        askedAt
      )
    },
    now
  })

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

  /** Fetches a list that is not there, as work that nobody waits for; whoever comes to wait for it meanwhile shares it. */
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
  const { list, label, check, load: loadLijst } = createLijsten({ ask, askBehind, warn, now })

  /** Whoever reads VDAB's feed of changed CVs has the gateway learn of them: none of them is served from before. */
  const forgetChanged = (answer: unknown) =>
    (changedEverywhere ?? forgetting.changed)(
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
    /** A record by id, itself when it is known; `null` when VDAB does not know it, and at once when it cannot be an id of VDAB's. */
    detail: (name: DetailName, id: string) =>
      (isId(id) ? detail(name, id.toLowerCase(), question) : noSuchId(question)) as
        VdabRecord | null | Promise<VdabRecord | null>, // readRecord saw to it
    /** Vacancies by VDAB's numbers of them, fresh from VDAB: what changes at VDAB is told by id, so none of it may be kept by number. */
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

  return {
    /**
     * The same, with every call booked on one request. With `maxAgeMs` nothing is answered that was asked of VDAB longer
     * than that before this moment, and nothing stale.
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
        /** What can be asked, for one place of the answer, so that it can be told where something is older than its fresh time. */
        at: (path?: Path) => asking(questionAt(path)),
        /** The same for one search, and for the label of a code: there are hundreds in a page, and nothing is made anew for each. */
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
    },
    isId,
    /** Up to which instant what bears this stamp is fresh; and that it was asked for, by way of something made of it. */
    freshUntil: policies.freshUntil,
    touch: cached.touch,
    ...createOwnQuestions({ client, ask, spell: spelling.spell, isId }),
    /** One call that shows whether VDAB answers: the first one fills the cache with a list that is soon wanted. */
    probe: createProbe({ client, first: (cause) => ask('jobdomeinen', undefined, { cause }) }),
    loadLijst,
    /** Forgets one record, and every page that shows it, also what is on its way. */
    forget: (name: DetailName, id: string) => {
      forgetting.forget(name, checkId('id', id))
    },
    edition: forgetting.edition,
    changed: forgetting.changed,
    startAnew: forgetting.startAnew,
    dropStalePeople: forgetting.dropStalePeople,
    forgetPerson: (cvId: string) => {
      forgetting.forgetPerson(checkId('cvId', cvId))
    }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

import type { Cached, Errand } from './cache/cached.ts'
import type { Config } from './config.ts'
import { badInput, GatewayError } from './errors.ts'
import { createForgetting } from './forgetting.ts'
import { createLijsten } from './lijsten.ts'
import { createPolicies } from './policies.ts'
import type { Path } from './place.ts'
import { createSearch } from './search.ts'
import type { Cause, Client } from './upstream/client.ts'
import type { DetailName, EndpointName, LivesByKind, PageName } from './upstream/endpoints.ts'
import type { LijstName } from './upstream/lijsten.ts'
import { checkParameters, codesToLookUp } from './upstream/parameters.ts'
import type { Parameters } from './upstream/parameters.ts'
import { kandidaatId, readPage, readRecord, vacatureId } from './upstream/records.ts'
import type { VdabRecord } from './upstream/records.ts'
import { createVersheid } from './versheid.ts'
import type { Question } from './versheid.ts'

const bulkOf = { vacature: 'vacaturesBulk', kandidaat: 'kandidatenBulk' } as const

type Dependencies = {
  settings: Config['vdab']
  client: Client
  cached: Cached
  loadVacature: (id: string, cause: Cause) => Promise<unknown>
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
export const createVdab = ({ settings, client, cached, loadVacature, lives = {}, isFollowed = () => false, changedEverywhere, warn, now = Date.now }: Dependencies) => {
  const limits = { extra: settings.extraParameters, velden: settings.velden, bulkMaxDays: settings.bulkMaxDays }
  const policies = createPolicies({ settings: lives, isFollowed })
  const { policyOf, keyOf } = policies
  let hasProbed = false
  const load: Readonly<Record<DetailName, (id: string, cause: Cause) => Promise<unknown>>> = {
    vacature: loadVacature,
    kandidaat: async (id, cause) => {
      const answer = await client.ask('kandidaat', { id, cause })
      return answer === null ? null : readRecord(answer, id, kandidaatId)
    }
  }

  /** Who a fetch is booked on: the request that waits for it, or nobody. */
  const causeOf = (errand: Errand, question: Question): Cause =>
    errand.isBackground ? { upstreamCalls: 0, isBackground: () => errand.isBackground } : question.cause

  const checkId = (field: string, id: string): string => {
    if (!settings.idPattern.test(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }

  const detail = (name: DetailName, id: string, question: Question): unknown => {
    if (name === 'vacature' && !question.cause.isBackground?.()) forgetting.asked(id)
    return cached.get(keyOf(name, id), policyOf(name), (errand) => load[name](id, causeOf(errand, question)), question)
  }

  const forgetting = createForgetting({
    cached,
    policies,
    refetch: (id) => { cached.refetch(keyOf('vacature', id), policyOf('vacature'), (errand) => loadVacature(id, causeOf(errand, { cause: { upstreamCalls: 0 } }))) },
    now
  })

  const spelled = (parameters: Parameters): Parameters => {
    const renamed = Object.entries(parameters).map(([parameter, values]) => [settings.parameterNames[parameter] ?? parameter, [...values].sort()] as const)
    return Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  const askChecked = (name: EndpointName, parameters: Parameters, question: Question): unknown => {
    const sorted = spelled(parameters)
    return cached.get(keyOf(name, JSON.stringify(sorted)), policyOf(name), async (errand) => {
      const answer = await client.ask(name, { parameters: sorted, cause: causeOf(errand, question) })
      readPage(answer) // throws on what cannot be read, so that it is not kept
      return answer
    }, question)
  }
  const ask = (name: EndpointName, parameters: Parameters, question: Question): unknown => askChecked(name, checkParameters(name, parameters, limits), question)

  const { list, label } = createLijsten({ ask, warn, now })

  /** A code unknown beforehand is looked up in its list, whose age is not that of the answer; a list that cannot be had lets the code pass, VDAB will judge. */
  const checkCodes = async (name: EndpointName, parameters: Parameters, question: Question) => {
    for (const { parameter, unknown, lijst } of codesToLookUp(name, parameters)) {
      const codes = (await list(lijst, undefined, { cause: question.cause }).catch(() => [])).map(({ code }) => code)
      const wrong = codes.length > 0 ? unknown.find((code) => !codes.includes(code)) : undefined
      if (wrong !== undefined) throw badInput(parameter, `knows no code "${wrong}"`, codes)
    }
  }

  /** Whoever reads VDAB's feed of changed CVs has the gateway learn of them: none of them is served from before. */
  const forgetChanged = (answer: unknown) => (changedEverywhere ?? forgetting.changed)('kandidaat', readPage(answer).items.flatMap((item) => kandidaatId(item) ?? []), now() + 1)

  const page = async (name: PageName, given: Parameters, question: Question): Promise<unknown> => {
    const parameters = checkParameters(name, given, limits)
    await checkCodes(name, parameters, question)
    const answer = await askChecked(name, parameters, question)
    if (name === 'kandidatenBulk') await forgetChanged(answer)
    return answer
  }

  /** A key may be registered for some of VDAB's products only, so a 403 is asked again elsewhere. */
  const elsewhere = (error: unknown, name: 'vacatures' | 'kandidaten', cause: Cause): Promise<unknown> => {
    if (error instanceof GatewayError && error.upstreamStatus === 403) return client.ask(name, { parameters: { aantal: ['1'] }, cause })
    return Promise.reject(error instanceof Error ? error : new Error('the probe failed'))
  }

  const search = createSearch({ settings, warn, page: (parameters, question) => page('vacatures', parameters, question), detail: (id, question) => detail('vacature', id, question) })

  const asking = (question: Question) => ({
    /** A record by id; `null` when VDAB does not know it. BAD_USER_INPUT, naming `field`, when it cannot be an id. */
    detail: async (name: DetailName, id: string, field = 'id') => (await detail(name, checkId(field, id), question)) as VdabRecord | null, // readRecord saw to it
    /** An envelope as VDAB sends it. */
    page: (name: PageName, parameters: Parameters) => page(name, parameters, question),
    /** An envelope, read: the total and the items. */
    items: async (name: PageName, parameters: Parameters) => readPage(await page(name, parameters, question)),
    /** A reference list as VDAB sends it, by endpoint. */
    raw: async (name: EndpointName, parameters: Parameters) => ask(name, parameters, question),
    /** Throws BAD_USER_INPUT where `page` would, and asks for no page. */
    check: (name: PageName, parameters: Parameters) => checkCodes(name, checkParameters(name, parameters, limits), question),
    search: (parameters: Parameters, paths: readonly string[]) => search(parameters, paths, question),
    lijst: (name: LijstName, trefwoord?: string) => list(name, trefwoord, question),
    label: (name: LijstName, code: string) => label(name, code, question)
  })

  return {
    /**
     * The same, with every call booked on one request. With `maxAgeMs` nothing is answered that was asked of VDAB longer
     * than that before this moment, and nothing stale.
     */
    for: (cause: Cause, { maxAgeMs }: { maxAgeMs?: number | undefined } = {}) => {
      const versheid = createVersheid()
      const notBefore = maxAgeMs === undefined ? undefined : now() - maxAgeMs
      const questionAt = (path?: Path): Question => ({ cause, notBefore, seen: (seen) => { versheid.note(seen, path) } })
      return {
        cause,
        ...asking(questionAt()),
        /** The same for one place of the answer, so that it can be told where something is older than its fresh time. */
        at: (path: Path) => asking(questionAt(path)),
        /** The label of a code for one place: there are hundreds in a page, and nothing is made anew for each. */
        labelAt: (path: Path, name: LijstName, code: string) => label(name, code, questionAt(path)),
        /** How old the answer is, and whether it was asked for with a greatest age. */
        versheid,
        isFresherAsked: maxAgeMs !== undefined,
        isId: (id: string) => settings.idPattern.test(id),
        /** An id in the spelling it is asked in; throws BAD_USER_INPUT, naming `field`, when it cannot be one. */
        checkId,
        /** Under what this very record stands in the cache. */
        stampOf: cached.stampOf,
        /** This instant, in VDAB's spelling. */
        now: () => new Date(now()).toISOString()
      }
    },
    isId: (id: string) => settings.idPattern.test(id),
    /** Up to which instant what bears this stamp is fresh; and that it was asked for, by way of something made of it. */
    freshUntil: policies.freshUntil,
    touch: cached.touch,
    /** A page of what is published on a day, past the cache: whoever reads the whole list would fill it with what nobody asks for. */
    initial: async (datum: string, vanaf: number, aantal: number, cause: Cause) =>
      readPage(await client.ask('vacaturesInitial', { parameters: spelled({ datum: [datum], vanaf: [String(vanaf)], aantal: [String(aantal)] }), cause })),
    /** Rows of VDAB's feed of changes, past the cache: what VDAB names, and the id where that is one. */
    bulk: async (name: DetailName, parameters: Parameters, cause: Cause) => {
      const { totaal, items } = readPage(await askChecked(bulkOf[name], checkParameters(bulkOf[name], parameters, limits), { cause }))
      const rows = items.map((item) => {
        const raw = (name === 'vacature' ? vacatureId(item) : kandidaatId(item)) ?? ''
        return { raw, id: settings.idPattern.test(raw) ? raw.toLowerCase() : undefined, status: typeof item['status'] === 'string' ? item['status'] : '' }
      })
      return { totaal, rows }
    },
    /** One call that shows whether VDAB answers: the first one fills the cache with a list that is soon wanted. */
    probe: async (): Promise<unknown> => {
      const cause = { upstreamCalls: 0 }
      const isFirst = !hasProbed
      hasProbed = true
      try {
        return await (isFirst ? ask('jobdomeinen', {}, { cause }) : client.ask('jobdomeinen', { cause }))
      } catch (error) {
        return elsewhere(error, 'vacatures', cause).catch((next: unknown) => elsewhere(next, 'kandidaten', cause))
      }
    },
    /** Forgets one record, and every page that shows it, also what is on its way. */
    forget: (name: DetailName, id: string) => { forgetting.forget(name, checkId('id', id)) },
    changed: forgetting.changed,
    startAnew: forgetting.startAnew,
    dropStalePeople: forgetting.dropStalePeople,
    forgetPerson: (cvId: string) => { forgetting.forgetPerson(checkId('cvId', cvId)) }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

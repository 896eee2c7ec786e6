import { createHmac, randomBytes } from 'node:crypto'
import type { Cached } from './cache/cached.ts'
import type { Config } from './config.ts'
import { badInput, GatewayError } from './errors.ts'
import { createLijsten } from './lijsten.ts'
import { createSearch } from './search.ts'
import type { Cause, Client } from './upstream/client.ts'
import { endpoint, endpoints } from './upstream/endpoints.ts'
import type { DetailName, EndpointName, PageName } from './upstream/endpoints.ts'
import type { LijstName } from './upstream/lijsten.ts'
import { checkParameters, codesToLookUp } from './upstream/parameters.ts'
import type { Parameters } from './upstream/parameters.ts'
import { kandidaatId, readPage, readRecord, vacatureId } from './upstream/records.ts'
import type { VdabRecord } from './upstream/records.ts'

const bulkOf = { vacature: 'vacaturesBulk', kandidaat: 'kandidatenBulk' } as const

type Dependencies = {
  settings: Config['vdab']
  client: Client
  cached: Cached
  loadVacature: (id: string, cause: Cause) => Promise<unknown>
  warn: (message: string) => void
  now?: () => number
}

/** VDAB as the rest of the gateway sees it: checked, cached, batched. Cache, then batcher, then wire. */
export const createVdab = ({ settings, client, cached, loadVacature, warn, now = Date.now }: Dependencies) => {
  const limits = { extra: settings.extraParameters, velden: settings.velden, bulkMaxDays: settings.bulkMaxDays }
  const salt = randomBytes(32)
  let hasProbed = false
  const load: Readonly<Record<DetailName, (id: string, cause: Cause) => Promise<unknown>>> = {
    vacature: loadVacature,
    kandidaat: async (id, cause) => {
      const answer = await client.ask('kandidaat', { id, cause })
      return answer === null ? null : readRecord(answer, id, kandidaatId)
    }
  }

  // A cache key is written in more places than the cache, some day; an id of a person never stands in one.
  const cacheKey = (name: EndpointName, what: string) =>
    `${name} ${endpoint(name).personal ? createHmac('sha256', salt).update(what).digest('base64url') : what}`
  const freshness = (name: EndpointName) => ({ row: name, ...endpoint(name) })

  const checkId = (field: string, id: string): string => {
    if (!settings.idPattern.test(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }

  const detail = (name: DetailName, id: string, cause: Cause): unknown =>
    cached.get(cacheKey(name, id), freshness(name), () => load[name](id, cause))

  const spelled = (parameters: Parameters): Parameters => {
    const renamed = Object.entries(parameters).map(([parameter, values]) => [settings.parameterNames[parameter] ?? parameter, [...values].sort()] as const)
    return Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  const askChecked = (name: EndpointName, parameters: Parameters, cause: Cause): unknown => {
    const sorted = spelled(parameters)
    return cached.get(cacheKey(name, JSON.stringify(sorted)), freshness(name), async () => {
      const answer = await client.ask(name, { parameters: sorted, cause })
      readPage(answer) // throws on what cannot be read, so that it is not kept
      return answer
    })
  }
  const ask = (name: EndpointName, parameters: Parameters, cause: Cause): unknown => askChecked(name, checkParameters(name, parameters, limits), cause)

  const { list, label } = createLijsten({ ask, warn, now })

  /** A code unknown beforehand is looked up in its list; a list that cannot be had lets the code pass, VDAB will judge. */
  const checkCodes = async (name: EndpointName, parameters: Parameters, cause: Cause) => {
    for (const { parameter, unknown, lijst } of codesToLookUp(name, parameters)) {
      const codes = (await list(lijst, undefined, cause).catch(() => [])).map(({ code }) => code)
      const wrong = codes.length > 0 ? unknown.find((code) => !codes.includes(code)) : undefined
      if (wrong !== undefined) throw badInput(parameter, `knows no code "${wrong}"`, codes)
    }
  }

  /** Whoever reads VDAB's feed of changed CVs has the gateway learn of them: none of them is served from before. */
  const forgetChanged = (answer: unknown) => {
    for (const item of readPage(answer).items) {
      const id = kandidaatId(item)
      if (id !== undefined) cached.forget(cacheKey('kandidaat', id.toLowerCase()), 'kandidaat')
    }
  }

  const page = async (name: PageName, given: Parameters, cause: Cause): Promise<unknown> => {
    const parameters = checkParameters(name, given, limits)
    await checkCodes(name, parameters, cause)
    const answer = await askChecked(name, parameters, cause)
    if (name === 'kandidatenBulk') forgetChanged(answer)
    return answer
  }

  /** A key may be registered for some of VDAB's products only, so a 403 is asked again elsewhere. */
  const elsewhere = (error: unknown, name: 'vacatures' | 'kandidaten', cause: Cause): Promise<unknown> => {
    if (error instanceof GatewayError && error.upstreamStatus === 403) return client.ask(name, { parameters: { aantal: ['1'] }, cause })
    return Promise.reject(error instanceof Error ? error : new Error('the probe failed'))
  }

  const search = createSearch({ settings, warn, page: (parameters, cause) => page('vacatures', parameters, cause), detail: (id, cause) => detail('vacature', id, cause) })

  return {
    /** The same, with every call booked on one request. */
    for: (cause: Cause) => ({
      cause,
      /** A record by id; `null` when VDAB does not know it. BAD_USER_INPUT, naming `field`, when it cannot be an id. */
      detail: async (name: DetailName, id: string, field = 'id') => (await detail(name, checkId(field, id), cause)) as VdabRecord | null, // readRecord saw to it
      /** An envelope as VDAB sends it. */
      page: (name: PageName, parameters: Parameters) => page(name, parameters, cause),
      /** An envelope, read: the total and the items. */
      items: async (name: PageName, parameters: Parameters) => readPage(await page(name, parameters, cause)),
      /** A reference list as VDAB sends it, by endpoint. */
      raw: async (name: EndpointName, parameters: Parameters) => ask(name, parameters, cause),
      /** Throws BAD_USER_INPUT where `page` would, and asks for no page. */
      check: (name: PageName, parameters: Parameters) => checkCodes(name, checkParameters(name, parameters, limits), cause),
      search: (parameters: Parameters, paths: readonly string[]) => search(parameters, paths, cause),
      isId: (id: string) => settings.idPattern.test(id),
      /** An id in the spelling it is asked in; throws BAD_USER_INPUT, naming `field`, when it cannot be one. */
      checkId,
      /** This instant, in VDAB's spelling. */
      now: () => new Date(now()).toISOString(),
      lijst: (name: LijstName, trefwoord?: string) => list(name, trefwoord, cause),
      label: (name: LijstName, code: string) => label(name, code, cause)
    }),
    isId: (id: string) => settings.idPattern.test(id),
    /** A page of what is published on a day, past the cache: whoever reads the whole list would fill it with what nobody asks for. */
    initial: async (datum: string, vanaf: number, aantal: number, cause: Cause) =>
      readPage(await client.ask('vacaturesInitial', { parameters: spelled({ datum: [datum], vanaf: [String(vanaf)], aantal: [String(aantal)] }), cause })),
    /** Rows of VDAB's feed of changes, past the cache: what VDAB names, and the id where that is one. */
    bulk: async (name: DetailName, parameters: Parameters, cause: Cause) => {
      const { totaal, items } = readPage(await askChecked(bulkOf[name], checkParameters(bulkOf[name], parameters, limits), cause))
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
        return await (isFirst ? ask('jobdomeinen', {}, cause) : client.ask('jobdomeinen', { cause }))
      } catch (error) {
        return elsewhere(error, 'vacatures', cause).catch((next: unknown) => elsewhere(next, 'kandidaten', cause))
      }
    },
    /** Drops the people whose time in the cache is over, rather than leave them until their room is needed. */
    dropStalePeople: () => {
      for (const [name, row] of Object.entries(endpoints)) if ('personal' in row) cached.dropStale(name)
    },
    changed: async (name: DetailName, ids: readonly string[], before: number): Promise<void> => {
      if (before > 0) for (const id of ids) cached.forget(cacheKey(name, id), name)
      cached.forgetRow(name === 'vacature' ? 'vacatures' : 'kandidaten')
    },
    startAnew: (name: DetailName) => { cached.forgetRow(name) },
    /** Forgets one record, also what is on its way. */
    forget: (name: DetailName, id: string) => { cached.forget(cacheKey(name, checkId('id', id)), name) },
    /** Forgets a person at once: the CV, and every list that may name it. */
    forgetPerson: (cvId: string) => {
      cached.forget(cacheKey('kandidaat', checkId('cvId', cvId)), 'kandidaat')
      cached.forgetRow('kandidaten')
    }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

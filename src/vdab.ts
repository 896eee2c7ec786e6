import { createHmac, randomBytes } from 'node:crypto'
import type { Cached } from './cache/cached.ts'
import type { Config } from './config.ts'
import { badInput, GatewayError } from './errors.ts'
import type { Cause, Client } from './upstream/client.ts'
import { endpoint } from './upstream/endpoints.ts'
import type { DetailName, EndpointName, PageName } from './upstream/endpoints.ts'
import { lijsten } from './upstream/lijsten.ts'
import type { LijstItem, LijstName } from './upstream/lijsten.ts'
import { checkParameters, codesToLookUp } from './upstream/parameters.ts'
import type { Parameters } from './upstream/parameters.ts'
import { readLijst, readPage, readRecord, vacatureId } from './upstream/records.ts'
import { brought, veldenFor } from './upstream/velden.ts'
import type { VdabRecord } from './upstream/records.ts'

/** One hit of a search: its id, and its record when asked for: null when VDAB no longer knows it, an Error when it failed. */
export type Hit = { readonly id: string | undefined; readonly record: VdabRecord | Error | null }

type Dependencies = {
  settings: Config['vdab']
  client: Client
  cached: Cached
  loadVacature: (id: string, cause: Cause) => Promise<unknown>
  now?: () => number
  warn: (message: string) => void
}

/** VDAB as the rest of the gateway sees it: checked, cached, batched. Cache, then batcher, then wire. */
export const createVdab = ({ settings, client, cached, loadVacature, warn, now = Date.now }: Dependencies) => {
  const limits = { extra: settings.extraParameters, velden: settings.velden, bulkMaxDays: settings.bulkMaxDays }
  const salt = randomBytes(32)
  let hasProbed = false
  const provenVelden = new Set<string>()
  const refusedVelden = new Set<string>()
  const labels = new WeakMap<object, ReadonlyMap<string, string>>()
  const lists = new WeakMap<object, readonly LijstItem[]>()
  const load: Readonly<Record<DetailName, (id: string, cause: Cause) => Promise<unknown>>> = {
    vacature: loadVacature,
    kandidaat: async (id, cause) => {
      const answer = await client.ask('kandidaat', { id, cause })
      return answer === null ? null : readRecord(answer)
    }
  }

  const cacheKey = (name: EndpointName, what: string) =>
    `${name} ${endpoint(name).personal ? createHmac('sha256', salt).update(what).digest('base64url') : what}`
  const freshness = (name: EndpointName) => ({ row: name, ...endpoint(name) })

  const checkId = (field: string, id: string): string => {
    if (!settings.idPattern.test(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }

  const detail = (name: DetailName, id: string, cause: Cause): unknown =>
    cached.get(cacheKey(name, id), freshness(name), () => load[name](id, cause))

  const ask = (name: EndpointName, parameters: Parameters, cause: Cause): unknown => {
    const renamed = Object.entries(parameters).map(([parameter, values]) => [settings.parameterNames[parameter] ?? parameter, [...values].sort()] as const)
    const sorted = Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1)))
    return cached.get(cacheKey(name, JSON.stringify(sorted)), freshness(name), () => client.ask(name, { parameters: sorted, cause }))
  }

  const lijst = async (name: LijstName, trefwoord: string | undefined, cause: Cause): Promise<readonly LijstItem[]> => {
    const row = lijsten[name]
    const wanted = trefwoord?.toLowerCase()
    const isWanted = ({ code, beschrijving }: LijstItem) => wanted === undefined || `${code} ${beschrijving}`.toLowerCase().includes(wanted)
    if ('items' in row) return row.items.filter(isWanted)
    const searchedByVdab = row.endpoint === 'diplomas' && trefwoord !== undefined
    const parameters: Parameters = searchedByVdab ? checkParameters(row.endpoint, { trefwoord: [trefwoord] }, limits) : {}
    const answer = await ask(row.endpoint, parameters, cause)
    const known = typeof answer === 'object' && answer !== null ? lists.get(answer) : undefined
    const items = known ?? readLijst(answer)
    if (!known && typeof answer === 'object' && answer !== null) lists.set(answer, items)
    return wanted === undefined || searchedByVdab ? items : items.filter(isWanted)
  }

  /** A code unknown beforehand is looked up in its list; a list that cannot be had lets the code pass, VDAB will judge. */
  const checkCodes = async (name: EndpointName, parameters: Parameters, cause: Cause) => {
    for (const { parameter, unknown, lijst: list } of codesToLookUp(name, parameters)) {
      const items = await lijst(list, undefined, cause).catch(() => [])
      const codes = items.map(({ code }) => code)
      const wrong = items.length > 0 ? unknown.find((code) => !codes.includes(code)) : undefined
      if (wrong !== undefined) throw badInput(parameter, `knows no code "${wrong}"`, codes)
    }
  }

  const page = async (name: PageName, given: Parameters, cause: Cause): Promise<unknown> => {
    const parameters = checkParameters(name, given, limits)
    await checkCodes(name, parameters, cause)
    return ask(name, parameters, cause)
  }

  const withVelden = async (parameters: Parameters, velden: readonly string[], cause: Cause) => {
    const { totaal, items } = readPage(await page('vacatures', { ...parameters, velden }, cause))
    for (const name of velden) if (brought(name, items)) provenVelden.add(name)
    return { totaal, items, isWhole: items.length === 0 || velden.every((name) => provenVelden.has(name)) }
  }

  const details = (items: readonly VdabRecord[], cause: Cause) =>
    Promise.all(items.map(async (item): Promise<Hit> => {
      const id = vacatureId(item)
      if (id === undefined || !settings.idPattern.test(id)) return { id, record: null }
      try {
        return { id, record: (await detail('vacature', id.toLowerCase(), cause)) as VdabRecord | null } // readRecord saw to it
      } catch (error) {
        return { id, record: error instanceof Error ? error : new GatewayError('INTERNAL', 'The vacancy could not be read.') }
      }
    }))

  /** The sparse items with `velden`, or undefined when VDAB refuses them; a question that is wrong by itself is not tried again here. */
  const tryVelden = async (parameters: Parameters, velden: readonly string[], cause: Cause) => {
    try {
      return await withVelden(parameters, velden, cause)
    } catch (error) {
      if (velden.length > 0 && error instanceof GatewayError && error.upstreamStatus === 400) return undefined
      throw error
    }
  }

  const searchWhole = async (parameters: Parameters, cause: Cause) => {
    const { totaal, items } = readPage(await page('vacatures', parameters, cause))
    return { totaal, hits: await details(items, cause) }
  }

  /**
   * Searches vacancies and brings what the dotted `paths` of a Vacature need: nothing beyond the ids, some `velden`, or the
   * full records. `velden` that VDAB refuses or ignores are replaced by full records: which values v2 takes is a guess.
   */
  const search = async (parameters: Parameters, paths: readonly string[], cause: Cause): Promise<{ totaal: number; hits: readonly Hit[] }> => {
    const velden = veldenFor(paths, settings)
    if (velden === undefined || velden.some((name) => refusedVelden.has(name))) return searchWhole(parameters, cause)
    const sparse = await tryVelden(parameters, velden, cause)
    if (sparse === undefined) {
      const whole = await searchWhole(parameters, cause)
      for (const name of velden) if (!provenVelden.has(name)) refusedVelden.add(name)
      warn(`VDAB refused velden=${velden.join(', ')}; details are fetched instead. Look at VDAB_VELDEN.`)
      return whole
    }
    if (sparse.isWhole) return { totaal: sparse.totaal, hits: sparse.items.map((item) => ({ id: vacatureId(item), record: item })) }
    warn(`VDAB sent no ${velden.filter((name) => !provenVelden.has(name)).join(', ')} in search items; details are fetched instead. Look at VDAB_VELDEN.`)
    return { totaal: sparse.totaal, hits: await details(sparse.items, cause) }
  }

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
      raw: async (name: EndpointName, parameters: Parameters) => ask(name, checkParameters(name, parameters, limits), cause),
      search: (parameters: Parameters, paths: readonly string[]) => search(parameters, paths, cause),
      isId: (id: string) => settings.idPattern.test(id),
      /** This instant, in VDAB's spelling. */
      now: () => new Date(now()).toISOString(),
      lijst: (name: LijstName, trefwoord?: string) => lijst(name, trefwoord, cause),
      /** The label of a code, `null` when its list does not know it: one call per list, whatever the number of codes. */
      label: async (name: LijstName, code: string): Promise<string | null> => {
        const items = await lijst(name, undefined, cause)
        const known = labels.get(items) ?? new Map(items.map((item) => [item.code, item.beschrijving]))
        labels.set(items, known)
        return known.get(code) ?? null
      }
    }),
    /** One call that shows whether VDAB answers: the first one fills the cache with a list that is soon wanted. */
    probe: async (): Promise<unknown> => {
      const cause = { upstreamCalls: 0 }
      if (hasProbed) return client.ask('jobdomeinen', { cause })
      hasProbed = true
      return ask('jobdomeinen', {}, cause)
    },
    /** Forgets one record, also what is on its way. */
    forget: (name: DetailName, id: string) => { cached.forget(cacheKey(name, id.toLowerCase()), name) }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

import { GatewayError, settled } from '../errors.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { readPage, vacatureId } from '../upstream/records.ts'
import type { Page, VdabRecord } from '../upstream/records.ts'
import { createIsOnlyInRecord, hasPath, veldenFor } from '../upstream/velden.ts'
import type { Wanted } from '../upstream/velden.ts'
import type { Question } from './freshness.ts'

/** One hit of a search: its record; null when VDAB no longer knows it; an Error when it could not be fetched. */
export type Hit = VdabRecord | Error | null
type Hits = { totaal: number; hits: readonly Hit[] }
/** The id of an item in lower case, and the cache key of its record; undefined when the id is not valid. */
type ItemId = { readonly id: string | undefined; readonly key: string | undefined }
type ParsedPage = Page & { readonly ids: readonly ItemId[] }

type Dependencies = {
  settings: { velden: readonly string[]; maxVelden: number; idPattern: RegExp }
  /** queries GET /vacatures through the cache; checks the parameters */
  page: (parameters: Parameters, question: Question) => unknown
  /** the cache key of a vacancy; `id` in lower case */
  keyOf: (id: string) => string
  /** looks up many vacancies in the cache at one instant; undefined for one that must be fetched */
  knownNow: (question: Question) => (key: string) => unknown
  /** the full record of a vacancy, through the cache and the batcher */
  detail: (id: string, question: Question, key: string) => unknown
  warn: (message: string) => void
}

// VDAB may send more items than requested; the details of these would cost calls for nothing.
const sizeOf = ({ aantal = [] }: Parameters) => Number(aantal[0] ?? Infinity)

/**
 * Searches vacancies and fetches the selected fields: none beyond the ids, some `velden`, or full records. `velden`
 * that VDAB refuses or ignores are replaced by full records, since the values that v2 accepts are a guess (upstream.md
 * §3.2, §8 row 10). A selection is a list of dotted paths of a Vacature, the same list for each request of a document.
 */
export const createSearch = ({ settings, page, keyOf, knownNow, detail, warn }: Dependencies) => {
  const isOnlyInRecord = createIsOnlyInRecord(settings.velden)
  // Items have contained these paths. The absence of any other path may mean that VDAB does not send it.
  const proven = new Set<string>()
  const refused = new Set<string>()

  const needs = new WeakMap<readonly string[], { wanted: Wanted | undefined }>()
  /** The `velden` of a selection, undefined when it needs full records. */
  const wantedBy = (selected: readonly string[]): Wanted | undefined => {
    const found = needs.get(selected) ?? {
      wanted: selected.some(isOnlyInRecord) ? undefined : veldenFor(selected, settings)
    }
    needs.set(selected, found)
    return found.wanted
  }

  const idOf = (item: VdabRecord): ItemId => {
    const id = vacatureId(item)?.toLowerCase()
    return { id, key: id !== undefined && settings.idPattern.test(id) ? keyOf(id) : undefined }
  }
  // A cached page is the same object until it is fetched again, so its parsed form is cached by identity.
  const parsed = new WeakMap<object, ParsedPage>()
  const parse = (answer: unknown): ParsedPage => {
    const known = typeof answer === 'object' && answer !== null ? parsed.get(answer) : undefined
    if (known) return known
    const { totaal, items } = readPage(answer)
    const made = { totaal, items, ids: items.map(idOf) }
    parsed.set(answer as object, made) // readPage throws on anything else
    return made
  }

  /** The full records of the first `count` items; at once when all are cached. */
  const details = (ids: readonly ItemId[], count: number, question: Question): Hit[] | Promise<Hit[]> => {
    const known = knownNow(question)
    let isWaiting = false
    const hits = ids.slice(0, count).map(({ id, key }): Hit | Promise<Hit> => {
      if (id === undefined || key === undefined) return null
      const found = known(key)
      // readRecord has checked it
      const record = (found === undefined ? detail(id, question, key) : found) as Hit | Promise<Hit>
      if (!(record instanceof Promise)) return record
      isWaiting = true
      return settled(() => record)
    })
    return isWaiting ? Promise.all(hits.map(async (hit) => hit)) : (hits as Hit[]) // none of them is a promise
  }

  /** A page with full records; at once when all of it is cached. */
  const whole = (parameters: Parameters, question: Question): Hits | Promise<Hits> => {
    const withDetails = (answer: unknown): Hits | Promise<Hits> => {
      const { totaal, ids } = parse(answer)
      const hits = details(ids, sizeOf(parameters), question)
      return hits instanceof Promise ? hits.then((fetched) => ({ totaal, hits: fetched })) : { totaal, hits }
    }
    const answer = page(parameters, question)
    return answer instanceof Promise ? answer.then(withDetails) : withDetails(answer)
  }

  /** A page of items with `velden`, undefined when VDAB refuses them. */
  const sparse = async (parameters: Parameters, { velden, paths }: Wanted, question: Question) => {
    try {
      const found = parse(await page({ ...parameters, velden }, question))
      const { items } = found
      for (const path of paths) if (items.some((item) => hasPath(item, path))) proven.add(path)
      return { ...found, missing: items.length === 0 ? [] : paths.filter((path) => !proven.has(path)) }
    } catch (error) {
      if (velden.length > 0 && error instanceof GatewayError && error.upstreamStatus === 400) return undefined
      throw error
    }
  }

  const withVelden = async (parameters: Parameters, wanted: Wanted, question: Question): Promise<Hits> => {
    const found = await sparse(parameters, wanted, question)
    if (found === undefined) {
      const hits = await whole(parameters, question) // throws when VDAB refused another part of the query
      for (const name of wanted.velden) refused.add(name)
      warn(`VDAB refused velden=${wanted.velden.join(', ')}; details are fetched instead. Look at VDAB_VELDEN.`)
      return hits
    }
    const { totaal, items, ids, missing } = found
    if (missing.length === 0)
      return { totaal, hits: items.map((item, index) => (ids[index]?.id === undefined ? null : item)) }
    warn(`VDAB sent no ${missing.join(', ')} in search items; details are fetched instead. Look at VDAB_VELDEN.`)
    return { totaal, hits: await details(ids, sizeOf(parameters), question) }
  }

  return (parameters: Parameters, selected: readonly string[], question: Question): Hits | Promise<Hits> => {
    const wanted = wantedBy(selected)
    return wanted === undefined || wanted.velden.some((name) => refused.has(name))
      ? whole(parameters, question)
      : withVelden(parameters, wanted, question)
  }
}

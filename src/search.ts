import { GatewayError, settled } from './errors.ts'
import type { Parameters } from './upstream/parameters.ts'
import { readPage, vacatureId } from './upstream/records.ts'
import type { Page, VdabRecord } from './upstream/records.ts'
import { carries, veldenFor } from './upstream/velden.ts'
import type { Wanted } from './upstream/velden.ts'
import type { Question } from './versheid.ts'

/** One hit of a search: its id, and its record: null when VDAB no longer knows it, an Error when it failed. */
export type Hit = { readonly id: string | undefined; readonly record: VdabRecord | Error | null }
type Hits = { totaal: number; hits: readonly Hit[] }
/** The id of an item as VDAB spells it, and the key of its record; undefined when it cannot be an id. */
type Shown = { readonly id: string | undefined; readonly key: string | undefined }
type Read = Page & { readonly shown: readonly Shown[] }

type Dependencies = {
  settings: { velden: readonly string[]; maxVelden: number; idPattern: RegExp }
  /** asks GET /vacatures, checked and by way of the cache */
  page: (parameters: Parameters, question: Question) => unknown
  /** under what the record of a vacancy stands in the cache; `id` in lower case */
  keyOf: (id: string) => string
  /** the full record of a vacancy, by way of the cache and the batcher */
  detail: (id: string, question: Question, key: string) => unknown
  warn: (message: string) => void
}

const nothing: Shown = { id: undefined, key: undefined }

// What VDAB sends beyond that is asked by nobody, and each costs a call.
const askedIn = ({ aantal = [] }: Parameters) => Number(aantal[0] ?? Infinity)

/**
 * Searches vacancies and brings what the dotted `paths` of a Vacature need: nothing beyond the ids, some `velden`, or the
 * full records. `velden` that VDAB refuses or ignores are replaced by full records: which values v2 takes is a guess
 * (upstream.md §3.2, §8 row 10).
 */
export const createSearch = ({ settings, page, keyOf, detail, warn }: Dependencies) => {
  // A path is trusted once an item has carried it; until then its absence may mean that VDAB does not send it.
  const proven = new Set<string>()
  const refused = new Set<string>()

  // The paths of one document are one list, whoever asks.
  const known = new WeakMap<readonly string[], { wanted: Wanted | undefined }>()
  const wantedBy = (paths: readonly string[]): Wanted | undefined => {
    const found = known.get(paths) ?? { wanted: veldenFor(paths, settings) }
    known.set(paths, found)
    return found.wanted
  }

  // A cached page is the same object until it is fetched anew, so the ids that were read of it stay with it.
  const read = new WeakMap<object, Read>()
  const readOf = (answer: unknown): Read => {
    const known = typeof answer === 'object' && answer !== null ? read.get(answer) : undefined
    if (known) return known
    const { totaal, items } = readPage(answer)
    const made = { totaal, items, shown: items.map((item) => shownBy(vacatureId(item))) }
    read.set(answer as object, made) // readPage throws on anything else
    return made
  }
  const shownBy = (id: string | undefined): Shown => ({ id, key: id !== undefined && settings.idPattern.test(id) ? keyOf(id.toLowerCase()) : undefined })

  /** The full records of the first of a page; at once when all are known. */
  const details = (shown: readonly Shown[], count: number, question: Question): Hit[] | Promise<Hit[]> => {
    let isWaiting = false
    const records: unknown[] = []
    for (let index = 0; index < shown.length && index < count; index += 1) {
      const { id, key } = shown[index] ?? nothing
      const record = id === undefined || key === undefined ? null : detail(id.toLowerCase(), question, key)
      if (!(record instanceof Promise)) records.push(record)
      else {
        isWaiting = true
        records.push(settled(() => record))
      }
    }
    const hits = (known: readonly unknown[]) => known.map((record, index): Hit => ({ id: shown[index]?.id, record: record as VdabRecord | Error | null })) // readRecord saw to it
    return isWaiting ? Promise.all(records).then(hits) : hits(records)
  }

  const whole = async (parameters: Parameters, question: Question): Promise<Hits> => {
    const answer = page(parameters, question)
    const { totaal, shown } = readOf(answer instanceof Promise ? await answer : answer)
    const hits = details(shown, askedIn(parameters), question)
    return { totaal, hits: hits instanceof Promise ? await hits : hits }
  }

  /** The sparse items with `velden`, or undefined when VDAB refuses them. */
  const sparse = async (parameters: Parameters, { velden, paths }: Wanted, question: Question) => {
    try {
      const { totaal, items, shown } = readOf(await page({ ...parameters, velden }, question))
      for (const path of paths) if (items.some((item) => carries(item, path))) proven.add(path)
      return { totaal, items, shown, missing: items.length === 0 ? [] : paths.filter((path) => !proven.has(path)) }
    } catch (error) {
      if (velden.length > 0 && error instanceof GatewayError && error.upstreamStatus === 400) return undefined
      throw error
    }
  }

  return async (parameters: Parameters, paths: readonly string[], question: Question): Promise<Hits> => {
    const wanted = wantedBy(paths)
    if (wanted === undefined || wanted.velden.some((name) => refused.has(name))) return whole(parameters, question)
    const found = await sparse(parameters, wanted, question)
    if (found === undefined) {
      const hits = await whole(parameters, question) // throws when it was the question that was wrong, and not the velden
      for (const name of wanted.velden) refused.add(name)
      warn(`VDAB refused velden=${wanted.velden.join(', ')}; details are fetched instead. Look at VDAB_VELDEN.`)
      return hits
    }
    const { totaal, items, shown, missing } = found
    if (missing.length === 0) return { totaal, hits: items.map((item, index) => ({ id: shown[index]?.id, record: shown[index]?.id === undefined ? null : item })) }
    warn(`VDAB sent no ${missing.join(', ')} in search items; details are fetched instead. Look at VDAB_VELDEN.`)
    return { totaal, hits: await details(shown, askedIn(parameters), question) }
  }
}

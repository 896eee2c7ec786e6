import { GatewayError, settled } from '../errors.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { readPage, vacatureId } from '../upstream/records.ts'
import type { Page, VdabRecord } from '../upstream/records.ts'
import { beyond, carries, veldenFor } from '../upstream/velden.ts'
import type { Wanted } from '../upstream/velden.ts'
import type { Question } from './freshness.ts'

/** One hit of a search: its record, null when VDAB no longer knows it, an Error when it failed. */
export type Hit = VdabRecord | Error | null
type Hits = { totaal: number; hits: readonly Hit[] }
/** The id of an item in lower case, and the key of its record; undefined when it cannot be an id. */
type Shown = { readonly id: string | undefined; readonly key: string | undefined }
type Read = Page & { readonly shown: readonly Shown[] }

/** What is asked of each item, as dotted paths of a Vacature. */
export type Selected = { some: (is: (path: string) => boolean) => boolean; all: () => readonly string[] }

type Dependencies = {
  settings: { velden: readonly string[]; maxVelden: number; idPattern: RegExp }
  /** asks GET /vacatures, checked and by way of the cache */
  page: (parameters: Parameters, question: Question) => unknown
  /** under what the record of a vacancy stands in the cache; `id` in lower case */
  keyOf: (id: string) => string
  /** looks under many keys for records of vacancies at one instant; undefined where one has to be fetched */
  knownNow: (question: Question) => (key: string) => unknown
  /** the full record of a vacancy, by way of the cache and the batcher */
  detail: (id: string, question: Question, key: string) => unknown
  warn: (message: string) => void
}

const nothing: Shown = { id: undefined, key: undefined }

// What VDAB sends beyond that is asked by nobody, and each costs a call.
const askedIn = ({ aantal = [] }: Parameters) => Number(aantal[0] ?? Infinity)

/**
 * Searches vacancies and brings what is selected of them: nothing beyond the ids, some `velden`, or the
 * full records. `velden` that VDAB refuses or ignores are replaced by full records: which values v2 takes is a guess
 * (upstream.md §3.2, §8 row 10).
 */
export const createSearch = ({ settings, page, keyOf, knownNow, detail, warn }: Dependencies) => {
  const isBeyond = beyond(settings.velden)
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
  const shownBy = (spelled: string | undefined): Shown => {
    const id = spelled?.toLowerCase()
    return { id, key: id !== undefined && settings.idPattern.test(id) ? keyOf(id) : undefined }
  }

  const recordOf = ({ id, key }: Shown, known: (key: string) => unknown, question: Question): unknown => {
    if (id === undefined || key === undefined) return null
    const record = known(key)
    return record === undefined ? detail(id, question, key) : record
  }

  /** The full records of the first of a page; at once when all are known. */
  const details = (shown: readonly Shown[], count: number, question: Question): Hit[] | Promise<Hit[]> => {
    const known = knownNow(question)
    let isWaiting = false
    const records: (Hit | Promise<Hit>)[] = []
    for (let index = 0; index < shown.length && index < count; index += 1) {
      const record = recordOf(shown[index] ?? nothing, known, question) as Hit | Promise<Hit> // readRecord saw to it
      if (!(record instanceof Promise)) records.push(record)
      else {
        isWaiting = true
        records.push(settled(() => record))
      }
    }
    return isWaiting ? Promise.all(records.map(async (record) => record)) : (records as Hit[]) // none of them is a promise
  }

  /** At once where the page and its records are known. */
  const whole = (parameters: Parameters, question: Question): Hits | Promise<Hits> => {
    const found = (answer: unknown): Hits | Promise<Hits> => {
      const { totaal, shown } = readOf(answer)
      const hits = details(shown, askedIn(parameters), question)
      return hits instanceof Promise ? hits.then((known) => ({ totaal, hits: known })) : { totaal, hits }
    }
    const answer = page(parameters, question)
    return answer instanceof Promise ? answer.then(found) : found(answer)
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

  const withVelden = async (parameters: Parameters, wanted: Wanted, question: Question): Promise<Hits> => {
    const found = await sparse(parameters, wanted, question)
    if (found === undefined) {
      const hits = await whole(parameters, question) // throws when it was the question that was wrong, and not the velden
      for (const name of wanted.velden) refused.add(name)
      warn(`VDAB refused velden=${wanted.velden.join(', ')}; details are fetched instead. Look at VDAB_VELDEN.`)
      return hits
    }
    const { totaal, items, shown, missing } = found
    if (missing.length === 0)
      return { totaal, hits: items.map((item, index) => (shown[index]?.id === undefined ? null : item)) }
    warn(`VDAB sent no ${missing.join(', ')} in search items; details are fetched instead. Look at VDAB_VELDEN.`)
    return { totaal, hits: await details(shown, askedIn(parameters), question) }
  }

  return (parameters: Parameters, selected: Selected, question: Question): Hits | Promise<Hits> => {
    if (selected.some(isBeyond)) return whole(parameters, question)
    const wanted = wantedBy(selected.all())
    return wanted === undefined || wanted.velden.some((name) => refused.has(name))
      ? whole(parameters, question)
      : withVelden(parameters, wanted, question)
  }
}

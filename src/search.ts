import { GatewayError, settled } from './errors.ts'
import type { Parameters } from './upstream/parameters.ts'
import { readPage, vacatureId } from './upstream/records.ts'
import type { VdabRecord } from './upstream/records.ts'
import { carries, veldenFor } from './upstream/velden.ts'
import type { Wanted } from './upstream/velden.ts'
import type { Question } from './versheid.ts'

/** One hit of a search: its id, and its record: null when VDAB no longer knows it, an Error when it failed. */
export type Hit = { readonly id: string | undefined; readonly record: VdabRecord | Error | null }
type Hits = { totaal: number; hits: readonly Hit[] }

type Dependencies = {
  settings: { velden: readonly string[]; maxVelden: number; idPattern: RegExp }
  /** asks GET /vacatures, checked and by way of the cache */
  page: (parameters: Parameters, question: Question) => Promise<unknown>
  /** the full record of a vacancy, by way of the cache and the batcher */
  detail: (id: string, question: Question) => unknown
  warn: (message: string) => void
}

// What VDAB sends beyond that is asked by nobody, and each costs a call.
const askedIn = ({ aantal = [] }: Parameters) => Number(aantal[0] ?? Infinity)

/**
 * Searches vacancies and brings what the dotted `paths` of a Vacature need: nothing beyond the ids, some `velden`, or the
 * full records. `velden` that VDAB refuses or ignores are replaced by full records: which values v2 takes is a guess
 * (upstream.md §3.2, §8 row 10).
 */
export const createSearch = ({ settings, page, detail, warn }: Dependencies) => {
  // A path is trusted once an item has carried it; until then its absence may mean that VDAB does not send it.
  const proven = new Set<string>()
  const refused = new Set<string>()

  const details = (items: readonly VdabRecord[], question: Question) =>
    Promise.all(items.map(async (item): Promise<Hit> => {
      const id = vacatureId(item)
      if (id === undefined || !settings.idPattern.test(id)) return { id, record: null }
      return { id, record: (await settled(() => detail(id.toLowerCase(), question))) as VdabRecord | Error | null } // readRecord saw to it
    }))

  const whole = async (parameters: Parameters, question: Question): Promise<Hits> => {
    const { totaal, items } = readPage(await page(parameters, question))
    return { totaal, hits: await details(items.slice(0, askedIn(parameters)), question) }
  }

  /** The sparse items with `velden`, or undefined when VDAB refuses them. */
  const sparse = async (parameters: Parameters, { velden, paths }: Wanted, question: Question) => {
    try {
      const { totaal, items } = readPage(await page({ ...parameters, velden }, question))
      for (const path of paths) if (items.some((item) => carries(item, path))) proven.add(path)
      return { totaal, items, missing: items.length === 0 ? [] : paths.filter((path) => !proven.has(path)) }
    } catch (error) {
      if (velden.length > 0 && error instanceof GatewayError && error.upstreamStatus === 400) return undefined
      throw error
    }
  }

  return async (parameters: Parameters, paths: readonly string[], question: Question): Promise<Hits> => {
    const wanted = veldenFor(paths, settings)
    if (wanted === undefined || wanted.velden.some((name) => refused.has(name))) return whole(parameters, question)
    const found = await sparse(parameters, wanted, question)
    if (found === undefined) {
      const hits = await whole(parameters, question) // throws when it was the question that was wrong, and not the velden
      for (const name of wanted.velden) refused.add(name)
      warn(`VDAB refused velden=${wanted.velden.join(', ')}; details are fetched instead. Look at VDAB_VELDEN.`)
      return hits
    }
    const { totaal, items, missing } = found
    if (missing.length === 0) return { totaal, hits: items.map((item) => ({ id: vacatureId(item), record: vacatureId(item) === undefined ? null : item })) }
    warn(`VDAB sent no ${missing.join(', ')} in search items; details are fetched instead. Look at VDAB_VELDEN.`)
    return { totaal, hits: await details(items.slice(0, askedIn(parameters)), question) }
  }
}

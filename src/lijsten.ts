import { GatewayError } from './errors.ts'
import type { EndpointName } from './upstream/endpoints.ts'
import { lijsten } from './upstream/lijsten.ts'
import type { LijstItem, LijstName } from './upstream/lijsten.ts'
import type { Parameters } from './upstream/parameters.ts'
import { readLijst } from './upstream/records.ts'
import type { Question } from './versheid.ts'

const askAgainMs = 10 * 60_000
const noItems: readonly LijstItem[] = []
const refusals = [400, 403, 404, 405]

type Dependencies = {
  /** asks an endpoint, by way of the cache */
  ask: (name: EndpointName, parameters: Parameters, question: Question) => unknown
  /** the same without parameters, as work that nobody waits for */
  askBehind: (name: EndpointName) => Promise<unknown>
  warn: (message: string) => void
  now: () => number
}

/** The reference lists and the labels of their codes: one call per list while it is fresh, whatever the number of codes. */
export const createLijsten = ({ ask, askBehind, warn, now }: Dependencies) => {
  const read = new WeakMap<object, readonly LijstItem[]>()
  const labels = new WeakMap<object, ReadonlyMap<string, string>>()
  const refusedUntil = new Map<LijstName, number>()
  const had = new Set<LijstName>()

  // A cached answer is the same object until it is fetched anew, so what was read of it stays with it.
  const itemsOf = (answer: unknown) => {
    if (typeof answer !== 'object' || answer === null) return readLijst(answer)
    const known = read.get(answer)
    if (known) return known
    const items = readLijst(answer)
    read.set(answer, items)
    return items
  }

  /** A list, or what in it holds the keyword; diplomas are searched by VDAB itself, which gives its ten best. */
  const list = async (name: LijstName, trefwoord: string | undefined, question: Question): Promise<readonly LijstItem[]> => {
    const row = lijsten[name]
    const wanted = trefwoord?.toLowerCase()
    const isWanted = ({ code, beschrijving }: LijstItem) => wanted !== undefined && `${code} ${beschrijving}`.toLowerCase().includes(wanted)
    if ('items' in row) return wanted === undefined ? row.items : row.items.filter(isWanted)
    if (row.endpoint === 'diplomas' && trefwoord !== undefined) return itemsOf(await ask('diplomas', { trefwoord: [trefwoord] }, question))
    const items = itemsOf(await ask(row.endpoint, {}, question))
    had.add(name)
    return wanted === undefined ? items : items.filter(isWanted)
  }

  /**
   * Some of VDAB's paths of lists are guesses (upstream.md §4): a list that is refused leaves its codes without labels, with
   * one warning, and is asked for again ten minutes later. Is this error such a refusal?
   */
  const noteRefusal = (name: LijstName, error: unknown): boolean => {
    const status = error instanceof GatewayError ? error.upstreamStatus ?? 0 : 0
    if (!refusals.includes(status)) return false
    refusedUntil.set(name, now() + askAgainMs)
    warn(`VDAB refuses the list ${name} (status ${status}); its codes have no labels. Look at VDAB_PATHS.`)
    return true
  }

  /** The list that gives codes their labels. */
  const forLabels = async (name: LijstName, question: Question): Promise<readonly LijstItem[]> => {
    if (now() < (refusedUntil.get(name) ?? 0)) return noItems
    try {
      return await list(name, undefined, question)
    } catch (error) {
      if (!noteRefusal(name, error)) throw error
      return noItems
    }
  }

  const labelsOf = (items: readonly LijstItem[]): ReadonlyMap<string, string> => {
    const made = new Map(items.map((item) => [item.code, item.beschrijving]))
    labels.set(items, made)
    return made
  }

  return {
    list,
    /** Fetches a list that nobody had yet, while nobody waits for it. False when it could not be had and may be later; never rejects. */
    load: async (name: LijstName): Promise<boolean> => {
      const row = lijsten[name]
      try {
        if ('endpoint' in row && !had.has(name)) await askBehind(row.endpoint)
        return true
      } catch (error) {
        return noteRefusal(name, error)
      }
    },
    /** The label of a code, `null` when its list does not know it. */
    label: async (name: LijstName, code: string, question: Question): Promise<string | null> => {
      const items = await forLabels(name, question)
      const known = labels.get(items) ?? labelsOf(items)
      return known.get(code) ?? null
    }
  }
}

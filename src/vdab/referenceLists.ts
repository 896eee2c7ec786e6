import { badInput, GatewayError } from '../errors.ts'
import type { EndpointName } from '../upstream/endpoints.ts'
import { lijsten } from '../upstream/lijsten.ts'
import type { LijstItem, LijstName } from '../upstream/lijsten.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { readLijst } from '../upstream/records.ts'
import { halfOf } from '../upstream/wait.ts'
import type { Question } from './freshness.ts'

const retryMs = 10 * 60_000
const noLabels: ReadonlyMap<string, string> = new Map()
const refusals = [400, 403, 404, 405]

type Dependencies = {
  /** queries an endpoint through the cache: the answer, or its promise */
  ask: (name: EndpointName, parameters: Parameters | undefined, question: Question) => unknown
  /** the same without parameters, in the background */
  fetchInBackground: (name: EndpointName) => Promise<unknown>
  /** the cached answer of an endpoint without parameters; undefined when there is none */
  cachedAnswer: (name: EndpointName) => unknown
  warn: (message: string) => void
  now: () => number
}

/** Codes of a parameter that are not in the built-in table, and the list to look them up in before VDAB is queried. */
export type CodeCheck = { readonly parameter: string; readonly unknown: readonly string[]; readonly lijst: LijstName }
type Labels = ReadonlyMap<string, string>
type ParsedList = { readonly items: readonly LijstItem[]; readonly labels: Labels }
const labelsOf = (items: readonly LijstItem[]): Labels => new Map(items.map((item) => [item.code, item.beschrijving]))
const builtIn: ReadonlyMap<string, Labels> = new Map(
  Object.entries(lijsten).flatMap(([name, row]) => ('items' in row ? [[name, labelsOf(row.items)] as const] : []))
)

/** The reference lists and the labels of their codes: one call per list while it is fresh, for any number of codes. */
export const createLijsten = ({ ask, fetchInBackground, cachedAnswer, warn, now }: Dependencies) => {
  const parsed = new WeakMap<object, ParsedList>()
  const refusedUntil = new Map<LijstName, number>()

  // A cached answer is the same object until it is fetched again, so its parsed list is cached by identity.
  const parse = (answer: unknown): ParsedList => {
    const known = typeof answer === 'object' && answer !== null ? parsed.get(answer) : undefined
    if (known) return known
    const items = readLijst(answer)
    const list = { items, labels: labelsOf(items) }
    parsed.set(answer as object, list) // readLijst throws on anything else
    return list
  }

  /**
   * A list, or its items that contain the keyword. Diplomas are searched by VDAB, which returns the ten best matches.
   */
  const list = async (name: LijstName, trefwoord: string | undefined, question: Question) => {
    const row = lijsten[name]
    if ('endpoint' in row && row.endpoint === 'diplomas' && trefwoord !== undefined)
      return parse(await ask('diplomas', { trefwoord: [trefwoord] }, question)).items
    const items: readonly LijstItem[] =
      'items' in row ? row.items : parse(await ask(row.endpoint, undefined, question)).items
    const wanted = trefwoord?.toLowerCase()
    if (wanted === undefined) return items
    return items.filter(({ code, beschrijving }) => `${code} ${beschrijving}`.toLowerCase().includes(wanted))
  }

  /**
   * Is the error a refusal of this list by VDAB? Then its codes have no labels, and it is fetched again ten minutes
   * later.
   */
  const noteRefusal = (name: LijstName, error: unknown): boolean => {
    const status = error instanceof GatewayError ? (error.upstreamStatus ?? 0) : 0
    if (!refusals.includes(status)) return false
    refusedUntil.set(name, now() + retryMs)
    warn(`VDAB refuses the list ${name} (status ${status}); its codes have no labels. Look at VDAB_PATHS.`)
    return true
  }
  // A result without labels must not be cached longer than the refusal lasts, so no entry represents it.
  const withoutLabels = ({ onResult }: Question): Labels => {
    onResult?.({ how: 'hit', ageMs: 0, leftMs: 0, entryVersion: undefined })
    return noLabels
  }

  /**
   * The labels of a list. Some of VDAB's paths of lists are guesses (upstream.md §4), so a refused list has no labels
   * for ten minutes.
   */
  const labelsFor = (name: LijstName, question: Question): Labels | Promise<Labels> => {
    const row = lijsten[name]
    if ('items' in row) return builtIn.get(name) ?? noLabels
    if (refusedUntil.size > 0 && now() < (refusedUntil.get(name) ?? 0)) return withoutLabels(question)
    const answer = ask(row.endpoint, undefined, question)
    if (!(answer instanceof Promise)) return parse(answer).labels
    return answer
      .then((value) => parse(value).labels)
      .catch((error: unknown) => {
        if (noteRefusal(name, error)) return withoutLabels(question)
        throw error
      })
  }

  return {
    list,
    /**
     * Throws BAD_USER_INPUT on a code that is not in its list. The age of the list does not count as the age of the
     * response. When the list is not available within half of the remaining time, the code passes, and VDAB checks it.
     */
    check: async (checks: readonly CodeCheck[], { cause, wait }: Question) => {
      for (const { parameter, unknown, lijst } of checks) {
        const items = await list(lijst, undefined, { cause, wait: halfOf(wait) }).catch(() => [])
        const codes = items.map(({ code }) => code)
        const wrong = codes.length > 0 ? unknown.find((code) => !codes.includes(code)) : undefined
        if (wrong !== undefined) throw badInput(parameter, `knows no code "${wrong}"`, codes)
      }
    },
    /**
     * Fetches a list in the background if it is not cached. False when it failed and may succeed later; never rejects.
     */
    load: async (name: LijstName): Promise<boolean> => {
      const row = lijsten[name]
      try {
        if ('endpoint' in row) await fetchInBackground(row.endpoint)
        return true
      } catch (error) {
        return noteRefusal(name, error)
      }
    },
    /** The labels of a list that is in this process or in the cache; undefined otherwise. Makes no call. */
    knownLabels: (name: LijstName): Labels | undefined => {
      const row = lijsten[name]
      if ('items' in row) return builtIn.get(name)
      const answer = cachedAnswer(row.endpoint)
      return answer === undefined || answer instanceof Promise ? undefined : parse(answer).labels
    },
    /** The label of a code, `null` when it is not in its list; a promise only when the list must be fetched. */
    label: (name: LijstName, code: string, question: Question): string | null | Promise<string | null> => {
      const labels = labelsFor(name, question)
      return labels instanceof Promise ? labels.then((known) => known.get(code) ?? null) : (labels.get(code) ?? null)
    }
  }
}

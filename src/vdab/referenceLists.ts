import { badInput, GatewayError } from '../errors.ts'
import type { EndpointName } from '../upstream/endpoints.ts'
import { lijsten } from '../upstream/lijsten.ts'
import type { LijstItem, LijstName } from '../upstream/lijsten.ts'
import type { Parameters } from '../upstream/parameters.ts'
import { readLijst } from '../upstream/records.ts'
import { halfOf } from '../upstream/wait.ts'
import type { Question } from './freshness.ts'

const askAgainMs = 10 * 60_000
const noLabels: ReadonlyMap<string, string> = new Map()
const refusals = [400, 403, 404, 405]

type Dependencies = {
  /** asks an endpoint, by way of the cache: the answer, or the promise of it */
  ask: (name: EndpointName, parameters: Parameters | undefined, question: Question) => unknown
  /** the same without parameters, as work that nobody waits for */
  askBehind: (name: EndpointName) => Promise<unknown>
  warn: (message: string) => void
  now: () => number
}

/** Codes of a parameter that nobody knows beforehand, to be looked up before VDAB is asked. */
export type LookUp = { readonly parameter: string; readonly unknown: readonly string[]; readonly lijst: LijstName }
type Read = { readonly items: readonly LijstItem[]; readonly labels: ReadonlyMap<string, string> }
const labelsOf = (items: readonly LijstItem[]) => new Map(items.map((item) => [item.code, item.beschrijving]))
const ours: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(lijsten).flatMap(([name, row]) => ('items' in row ? [[name, labelsOf(row.items)] as const] : []))
)

/** The reference lists and the labels of their codes: one call per list while it is fresh, whatever the number of codes. */
export const createLijsten = ({ ask, askBehind, warn, now }: Dependencies) => {
  const read = new WeakMap<object, Read>()
  const refusedUntil = new Map<LijstName, number>()

  // A cached answer is the same object until it is fetched anew, so what was read of it stays with it.
  const readOf = (answer: unknown): Read => {
    const known = typeof answer === 'object' && answer !== null ? read.get(answer) : undefined
    if (known) return known
    const items = readLijst(answer)
    const made = { items, labels: labelsOf(items) }
    read.set(answer as object, made) // readLijst throws on anything else
    return made
  }

  /** A list, or what in it holds the keyword; diplomas are searched by VDAB itself, which gives its ten best. */
  const list = async (
    name: LijstName,
    trefwoord: string | undefined,
    question: Question
  ): Promise<readonly LijstItem[]> => {
    const row = lijsten[name]
    const wanted = trefwoord?.toLowerCase()
    const isWanted = ({ code, beschrijving }: LijstItem) =>
      wanted !== undefined && `${code} ${beschrijving}`.toLowerCase().includes(wanted)
    if ('items' in row) return wanted === undefined ? row.items : row.items.filter(isWanted)
    if (row.endpoint === 'diplomas' && trefwoord !== undefined)
      return readOf(await ask('diplomas', { trefwoord: [trefwoord] }, question)).items
    const { items } = readOf(await ask(row.endpoint, undefined, question))
    return wanted === undefined ? items : items.filter(isWanted)
  }

  /** A list that VDAB refuses leaves its codes without labels, and is asked for again ten minutes later. Is this such a refusal? */
  const noteRefusal = (name: LijstName, error: unknown): boolean => {
    const status = error instanceof GatewayError ? (error.upstreamStatus ?? 0) : 0
    if (!refusals.includes(status)) return false
    refusedUntil.set(name, now() + askAgainMs)
    warn(`VDAB refuses the list ${name} (status ${status}); its codes have no labels. Look at VDAB_PATHS.`)
    return true
  }
  // What lacks its labels because of a refusal must not be kept past it.
  const withoutLabels = ({ seen }: Question): ReadonlyMap<string, string> => {
    seen?.({ how: 'hit', ageMs: 0, leftMs: 0, stamp: undefined })
    return noLabels
  }
  const refused = (name: LijstName, error: unknown, question: Question): ReadonlyMap<string, string> => {
    if (noteRefusal(name, error)) return withoutLabels(question)
    throw error
  }

  /**
   * The labels of a list. Some of VDAB's paths of lists are guesses (upstream.md §4): one that is refused is asked for again
   * ten minutes later, with one warning.
   */
  const labelsFor = (
    name: LijstName,
    question: Question
  ): ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>> => {
    const row = lijsten[name]
    if ('items' in row) return ours.get(name) ?? noLabels
    if (refusedUntil.size > 0 && now() < (refusedUntil.get(name) ?? 0)) return withoutLabels(question)
    const answer = ask(row.endpoint, undefined, question)
    return answer instanceof Promise
      ? answer.then((value) => readOf(value).labels).catch((error: unknown) => refused(name, error, question))
      : readOf(answer).labels
  }

  return {
    list,
    /**
     * Throws BAD_USER_INPUT on a code that its list does not know. The list's age is not that of the answer; one that cannot be
     * had, in half of the time that is left, lets the code pass, VDAB will judge.
     */
    check: async (lookUps: readonly LookUp[], { cause, wait }: Question) => {
      for (const { parameter, unknown, lijst } of lookUps) {
        const codes = (await list(lijst, undefined, { cause, wait: halfOf(wait) }).catch(() => [])).map(
          ({ code }) => code
        )
        const wrong = codes.length > 0 ? unknown.find((code) => !codes.includes(code)) : undefined
        if (wrong !== undefined) throw badInput(parameter, `knows no code "${wrong}"`, codes)
      }
    },
    /** Fetches a list that is not there yet, while nobody waits for it. False when it could not be had and may be later; never rejects. */
    load: async (name: LijstName): Promise<boolean> => {
      const row = lijsten[name]
      try {
        if ('endpoint' in row) await askBehind(row.endpoint)
        return true
      } catch (error) {
        return noteRefusal(name, error)
      }
    },
    /** The label of a code, `null` when its list does not know it; a promise only where the list has to be waited for. */
    label: (name: LijstName, code: string, question: Question): string | null | Promise<string | null> => {
      const labels = labelsFor(name, question)
      return labels instanceof Promise ? labels.then((known) => known.get(code) ?? null) : (labels.get(code) ?? null)
    }
  }
}

import { isJsonObject } from '../../formats/exactJson.ts'
import { failureOf } from '../failures.ts'

/** VDAB does not meet a requirement. The message never quotes a value that VDAB sent. */
export class Failed extends Error {
  override readonly name = 'Failed'
}

/** A requirement cannot be tested, since a precondition is missing. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** Throws Failed with `reason` unless the condition is true. */
export function must(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Failed(reason)
}

/** Throws Skipped with `reason` unless the condition is true. */
export function need(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Skipped(reason)
}

/** Throws Failed with `reason` unless every item passes the test. */
export const mustAll = <T>(items: readonly T[], test: (item: T) => boolean, reason: string) => {
  must(items.every(test), reason)
}

export type ContractAnswer = { status: number; text: string }
export type JsonRecord = Readonly<Record<string, unknown>>

/** The JSON of an answer with a 2xx status. Throws Failed, or the UPSTREAM_ error of the status. */
export const jsonOf = ({ status, text }: ContractAnswer): unknown => {
  if (status < 200 || status >= 300) throw failureOf({ status, text })
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new Failed('the answer is not JSON')
  }
}

/** The envelope of searches, feeds and POST; strict: only the shapes of v2 and v4 pass (upstream.md §2.1). */
export const readEnvelope = (answer: ContractAnswer): { aantal: number; items: readonly JsonRecord[] } => {
  const json = jsonOf(answer)
  must(isJsonObject(json), 'the answer is not an object')
  const { totaalAantalResultaten, aantal = totaalAantalResultaten, resultaten } = json
  must(typeof aantal === 'number' && Number.isSafeInteger(aantal) && aantal >= 0, 'aantal is not a count')
  must(Array.isArray(resultaten), 'resultaten is not a list')
  must(resultaten.every(isJsonObject), 'resultaten holds something that is not an object')
  return { aantal, items: resultaten }
}

import { failureOf } from '../failures.ts'
import type { Answer } from './ask.ts'
import { must } from './verdict.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Is it an object with members, and neither null nor a list? */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The JSON of an answer with a status of 2xx. Throws Failed, or the UPSTREAM_ error that the status means. */
export const parseAnswer = ({ status, text }: Answer): unknown => {
  if (status < 200 || status >= 300) throw failureOf({ status, text })
  try {
    return JSON.parse(text) as unknown
  } catch {
    must(false, 'the answer is not JSON')
    return undefined
  }
}

/** The envelope of searches, feeds and POST, read strictly: what v2 answers and nothing else. */
export const readEnvelope = (answer: Answer): { aantal: number; items: readonly JsonObject[] } => {
  const json = parseAnswer(answer)
  must(isObject(json), 'the answer is not an object')
  const { aantal, resultaten } = json
  must(typeof aantal === 'number' && Number.isSafeInteger(aantal) && aantal >= 0, 'aantal is not a count')
  must(Array.isArray(resultaten), 'resultaten is not a list')
  must(resultaten.every(isObject), 'resultaten holds something that is not an object')
  return { aantal, items: resultaten }
}

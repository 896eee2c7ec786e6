import type { Collection } from './collection.ts'
import { Refusal } from './errors.ts'
import type { Form } from './form.ts'
import { isUuid } from './identity.ts'
import { mix } from './random.ts'
import { isTree, type Tree } from './tree.ts'
import type { World } from './world.ts'

const mostReferences = 200

/** A full record of any status. Throws a 400 Refusal for an id that is not a UUID, 404 for an unknown one. */
export const detail = (collection: Collection, id: string, soort: 'vacature' | 'kandidaat'): Tree => {
  if (!isUuid(id)) throw new Refusal(400, 'Invalid string syntax')
  const index = collection.find(id)
  if (index === undefined) throw new Refusal(404, `${id} is geen bestaande ${soort}`)
  return collection.record(index)
}

const isReference = (value: unknown) =>
  typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))

// The name of the list is not public, so any name is accepted.
const referencesIn = (body: unknown): string[] => {
  const lists = Array.isArray(body)
    ? [body]
    : isTree(body)
      ? Object.values(body).filter((value) => Array.isArray(value))
      : []
  const [list] = lists
  if (list === undefined || lists.length > 1 || !list.every(isReference)) {
    throw new Refusal(400, 'The body must hold exactly one list of vacancy references')
  }
  if (list.length > mostReferences)
    throw new Refusal(400, `At most ${mostReferences} vacancies can be asked for at once`)
  return list.map(String)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'The body is not valid JSON')
  }
}

/** `POST /vacatures`: the known records of the given ids, in a different order. */
export const details = ({ vacatures, findVacature }: World, text: string, contentType: string, form: Form): Tree => {
  if (!/^application\/json\s*(;|$)/i.test(contentType)) throw new Refusal(415)
  const found = [...new Set(referencesIn(parsed(text)).map(findVacature))].filter((index) => index !== undefined)
  const shuffled = found.toSorted((one, other) => mix(one, 41) - mix(other, 41))
  // A client that matches records by position must fail, even when the shuffle does not change the order.
  const untouched = found.length > 1 && shuffled.every((index, at) => index === found[at])
  const resultaten = (untouched ? shuffled.toReversed() : shuffled).map((index) => form.record(vacatures.record(index)))
  return form.list(resultaten.length, resultaten)
}

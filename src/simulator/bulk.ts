import { DAY } from './calendar.ts'
import type { Collection } from './collection.ts'
import { Refusal } from './errors.ts'
import { v2Form, type Form } from './form.ts'
import { day, moment, page } from './parameters.ts'
import type { Tree } from './tree.ts'
import type { World } from './world.ts'

const largestPage = 2000
const standardPage = 200
const widestWindow = 5 * DAY

const vacatureItem = (interneReferentie: string, status: string): Tree => ({
  vacatureReferentie: { interneReferentie },
  status
})
const kandidaatItem = (cvId: string, status: string): Tree => ({ cvId, status })

type Item = (id: string, status: string) => Tree

const bulk = (collection: Collection, query: URLSearchParams, item: Item, form: Form): Tree => {
  const { vanaf, aantal } = page(query, standardPage, largestPage)
  const [van, tot] = [moment(query, 'van'), moment(query, 'tot')]
  if (van > tot) throw new Refusal(400, 'Parameter van must not be later than tot')
  if (tot - van > widestWindow) throw new Refusal(400, 'The time between van and tot must not exceed 5 days')
  const events = collection.between(van, tot)
  const resultaten = events.slice(vanaf, vanaf + aantal).map(({ index, lost }) => {
    const id = collection.idOf(index)
    return item(lost ? `NOT_FOUND-${id.slice(0, 8)}` : id, collection.statusOf(index))
  })
  return form.list(events.length, resultaten)
}

/** `GET /vacatures/bulk`: the records created, changed or removed between two instants, with their current status. */
export const bulkVacatures = ({ vacatures }: World, query: URLSearchParams, form: Form) =>
  bulk(vacatures, query, vacatureItem, form)

/** `GET /kandidaten/bulk`: the records created, changed or removed between two instants, with their current status. */
export const bulkKandidaten = ({ kandidaten }: World, query: URLSearchParams) =>
  bulk(kandidaten, query, kandidaatItem, v2Form)

/** `GET /vacatures/initial`: the vacancies published on a day. */
export const initial = ({ vacatures }: World, query: URLSearchParams, form: Form): Tree => {
  const { vanaf, aantal } = page(query, standardPage, largestPage)
  const found = vacatures.openOn(day(query, 'datum'))
  const resultaten = [...found.subarray(vanaf, vanaf + aantal)].map((index) =>
    vacatureItem(vacatures.idOf(index), 'GEPUBLICEERD')
  )
  return form.list(found.length, resultaten)
}

import type { Criteria } from './columns.ts'
import { Refusal } from './errors.ts'
import type { Form } from './form.ts'
import { flag, integer, page, values, words } from './parameters.ts'
import { around } from './places.ts'
import { branch, isTree, present, type Tree, type Value } from './tree.ts'
import type { World } from './world.ts'

const largestPage = 200
const standardPage = 20
const reachWithoutDuplicates = 2000

const part = (record: Tree, path: string, names: readonly string[]): Tree | undefined => {
  const value = branch(record, path)
  return isTree(value) ? present(Object.fromEntries(names.map((name) => [name, value[name]]))) : undefined
}
const under = (name: string, value: Value | undefined): Tree => (value === undefined ? {} : { [name]: value })
const within = (outer: string, inner: string, value: Value | undefined): Tree =>
  value === undefined ? {} : { [outer]: { [inner]: value } }

// Each value of `velden` adds one member of the vacancy to the item.
const branches: { readonly [veld: string]: (record: Tree) => Tree } = {
  status: ({ status }) => under('status', status),
  leverancier: (record) => under('leverancier', part(record, 'leverancier', ['kboNummer', 'naam', 'type'])),
  tewerkstellingsgemeente: (record) =>
    under('tewerkstellingsadres', part(record, 'tewerkstellingsadres', ['postcode', 'gemeente', 'landCode'])),
  beroep: (record) => within('functie', 'beroepsprofiel', part(record, 'functie.beroepsprofiel', ['code', 'label'])),
  competentie: (record) => within('profiel', 'vereisten', branch(record, 'profiel.vereisten'))
}

const item = (record: Tree, velden: readonly string[]): Tree => {
  const references = velden.includes('vdabreferentie') ? ['interneReferentie', 'vdabReferentie'] : ['interneReferentie']
  const added = velden.flatMap((veld) => Object.entries(branches[veld]?.(record) ?? {}))
  return { vacatureReferentie: part(record, 'vacatureReferentie', references) ?? {}, ...Object.fromEntries(added) }
}

const order = (query: URLSearchParams): Pick<Criteria, 'order'> => {
  const [sorteerveld] = values(query, 'sorteerveld')
  if (sorteerveld === undefined) return {}
  if (sorteerveld === 'PUBLICATIE_DATUM') return { order: 'published' }
  if (sorteerveld === 'WIJZIGINGS_DATUM') return { order: 'changed' }
  throw new Refusal(400, 'Parameter sorteerveld must be one of PUBLICATIE_DATUM, WIJZIGINGS_DATUM')
}

/** `GET /vacatures`. `sinds` counts back from the day number `today`. */
export const searchVacatures = ({ vacatures }: World, query: URLSearchParams, today: number, form: Form): Tree => {
  const { vanaf, aantal } = page(query, standardPage, largestPage)
  const velden = words(query, 'velden', ['vdabreferentie', ...Object.keys(branches)], 5)
  const withoutDuplicates = flag(query, 'filterDubbels')
  if (withoutDuplicates && vanaf + aantal > reachWithoutDuplicates) {
    throw new Refusal(400, `With filterDubbels only the first ${reachWithoutDuplicates} results can be reached`)
  }
  const sinds = integer(query, 'sinds', -1)
  const afstand = integer(query, 'afstand', 0)
  const postcode = values(query, 'postcode')
  const codes = {
    jobdomein: values(query, 'jobdomein'),
    postcode: afstand === 0 ? postcode : around(postcode, afstand),
    ervaring: values(query, 'ervaring'),
    beroep: values(query, 'beroep'),
    competentie: values(query, 'competentie')
  }
  const since = sinds === -1 ? {} : { sinceDay: today - sinds }
  const found = vacatures.select({ codes, withoutDuplicates, ...since, ...order(query) })
  const shown = [...found.subarray(vanaf, vanaf + aantal)]
  // Without velden only the id is needed; generating the record for it would take most of the time.
  const resultaten =
    velden.length === 0
      ? shown.map((index) => ({ vacatureReferentie: { interneReferentie: vacatures.idOf(index) } }))
      : shown.map((index) => item(form.record(vacatures.record(index)), velden))
  return form.list(found.length, resultaten)
}

/** `GET /kandidaten`. */
export const searchKandidaten = ({ kandidaten }: World, query: URLSearchParams): Tree => {
  const { vanaf, aantal } = page(query, standardPage, largestPage)
  const velden = words(query, 'velden', ['status', 'wijzigingsDatum'])
  const codes = { studies: values(query, 'studies'), gewensteRegios: values(query, 'gewensteRegios') }
  const found = kandidaten.select({ codes })
  const resultaten = [...found.subarray(vanaf, vanaf + aantal)].map((index) =>
    velden.length === 0
      ? { cvId: kandidaten.idOf(index) }
      : (part({ record: kandidaten.record(index) }, 'record', ['cvId', ...velden]) ?? {})
  )
  return { aantal: found.length, resultaten }
}

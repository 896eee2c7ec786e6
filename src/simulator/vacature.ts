import { DAY, dateOf, dayAt, dayOf } from './calendar.ts'
import type { Noun } from './collection.ts'
import type { Facets } from './columns.ts'
import { documentedVacatures } from './documented.ts'
import { createIdentity } from './identity.ts'
import { landmarks } from './landmarks.ts'
import { branch, complete, isTree, listAt, textAt, type Tree } from './tree.ts'
import { createVacatureCore, parentOf } from './vacature-core.ts'
import { createVacatureRecord, vdabReferentieOf } from './vacature-record.ts'

const fixed = documentedVacatures.length
const codesOf = (list: readonly unknown[]) => list.flatMap((code) => (typeof code === 'string' ? [code] : []))

type Options = { seed: number; count: number; today: number; plain: boolean }

/**
 * The vacancies of a world: the documented ones, the landmarks, then those generated from the seed. In the plain world
 * the missing members of the documented ones are generated.
 */
export const createVacatures = ({ seed, count, today, plain }: Options): Noun => {
  const identity = createIdentity(seed, 1, count)
  const fixedIds = [
    ...documentedVacatures.flatMap((record) => textAt(record, 'vacatureReferentie.interneReferentie')),
    landmarks.vacatureMetAlles,
    landmarks.vacatureMetBijnaNiets
  ]
  const idOf = (index: number) => fixedIds[index] ?? identity.idOf(index)
  const indexOf = (id: string) => {
    const known = fixedIds.indexOf(id.toLowerCase())
    if (known !== -1) return known
    // The documented records have their own ids.
    const index = identity.indexOf(id)
    return index < fixedIds.length ? -1 : index
  }

  const core = createVacatureCore(seed, today, plain)

  const read = (record: Tree, at: number, base: Facets, id: string): Facets => {
    const status = textAt(record, 'status')[0] ?? base.status
    const leaves = dayOf(textAt(record, 'depublicatieDatum')[0] ?? '')
    const open = status === 'GEPUBLICEERD'
    const parent = textAt(record, 'dubbels.parentUuid')[0]
    const vereisten = listAt(record, 'profiel.vereisten').filter(isTree)
    return {
      codes: {
        jobdomein: codesOf(listAt(record, 'functie.jobdomeinen')),
        postcode: textAt(record, 'tewerkstellingsadres.postcode'),
        ervaring: textAt(record, 'functie.beroepsprofiel.ervaring'),
        beroep: textAt(record, 'functie.beroepsprofiel.code'),
        competentie: codesOf(vereisten.filter(({ type }) => type === 'technischecompetentie').map(({ code }) => code))
      },
      status,
      searchable: open,
      duplicate: parent !== undefined && parent !== id,
      published: dayOf(textAt(record, 'publicatieDatum')[0] ?? '') ?? base.published,
      einde: open ? (leaves ?? Infinity) : Math.min(leaves ?? Infinity, dayAt(at)),
      changed: at
    }
  }

  const dubbelsOf = (parent: number): Tree => ({
    parentUuid: idOf(parent),
    dubbelIds: [parent + 2, parent + 3, parent + 4]
      .filter((other) => other < count && parentOf(other) === parent)
      .map(vdabReferentieOf)
  })
  const recordOf = createVacatureRecord({ seed, idOf, dubbelsOf, dateOf })
  const generated = (index: number) => recordOf(index, core(index))
  const documented = documentedVacatures.map((record, index) => (plain ? complete(record, generated(index)) : record))

  const facets = (index: number): Facets => {
    const record = documented[index]
    if (record !== undefined) {
      const published = dayOf(textAt(record, 'publicatieDatum')[0] ?? '') ?? today
      const base = { codes: {}, status: '', searchable: true, duplicate: false, published, einde: Infinity, changed: 0 }
      return read(record, published * DAY, base, idOf(index))
    }
    const {
      jobdomeinen,
      job,
      ervaring,
      place,
      competenties: competentie,
      status,
      published,
      einde,
      moments,
      parent
    } = core(index)
    const codes = {
      jobdomein: jobdomeinen,
      postcode: place === undefined ? [] : [place.postcode],
      ervaring: ervaring === undefined ? [] : [ervaring],
      beroep: job?.beroep === undefined ? [] : [job.beroep],
      competentie
    }
    const duplicate = parent !== undefined && parent !== index
    return {
      codes,
      status,
      searchable: status === 'GEPUBLICEERD',
      duplicate,
      published,
      einde,
      changed: moments.at(-1) ?? 0
    }
  }

  return {
    count,
    filters: { jobdomein: 4, postcode: 1, ervaring: 1, beroep: 1, competentie: 6 },
    idOf,
    indexOf,
    generate: (index) => documented[index] ?? generated(index),
    facets,
    momentsOf: (index) => (index < fixed ? [facets(index).changed] : core(index).moments),
    facetsOf: (record, at, index) => read(record, at, facets(index), idOf(index)),
    stamped: (record) => {
      const versie = branch(record, 'versie')
      return { ...record, versie: (typeof versie === 'number' ? versie : 0) + 1 }
    },
    removedStatus: 'NIET_GEPUBLICEERD'
  }
}

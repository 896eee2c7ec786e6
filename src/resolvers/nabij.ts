import type { GraphQLResolveInfo } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import { badInput, settled } from '../errors.ts'
import type { Nabij, QueryVacaturesArgs } from '../schema/types.ts'
import { connect, edgesOf, oneItem } from './connection.ts'
import { finds, type filterwaardenOf } from './filter.ts'

const maxKm = 200
type Plaatsen = NonNullable<Context['enrichment']['plaats']>

/**
 * Does a search have a circle? A circle without members does not count, as in REST, where each member is a parameter.
 */
export const isNear = (nabij: Nabij | null | undefined): nabij is Nabij =>
  nabij != null && Object.values(nabij).some((value) => value != null)

const inRange = (field: string, value: number | null | undefined, most: number) => {
  if (value == null) throw badInput(field, 'is missing: give nabij.postcode, or nabij.breedte with nabij.lengte')
  if (!(Math.abs(value) <= most)) throw badInput(field, `must be a number from -${most} to ${most}`)
  return value
}

const pointOf = ({ postcode, breedte, lengte }: Nabij, plaatsen: Plaatsen) => {
  if (postcode == null)
    return { breedte: inRange('nabij.breedte', breedte, 90), lengte: inRange('nabij.lengte', lengte, 180) }
  if (breedte != null || lengte != null) throw badInput('nabij.postcode', 'excludes nabij.breedte and nabij.lengte')
  if (!/^[1-9]\d{3}$/.test(postcode)) throw badInput('nabij.postcode', 'must be a Belgian postal code of 4 digits')
  const punt = plaatsen.pointOfPostcode(postcode)
  if (!punt) throw badInput('nabij.postcode', 'is not known here yet: give nabij.breedte and nabij.lengte instead')
  return punt
}

/**
 * The parameters of a search by distance. Throws BAD_USER_INPUT for members that are missing, out of range, or
 * incompatible.
 */
const readCircle = (
  nabij: Nabij,
  { filter, sorteerveld, last, before }: Partial<QueryVacaturesArgs>,
  plaatsen: Plaatsen
) => {
  const { binnenKm } = nabij
  if (binnenKm == null || !(binnenKm > 0 && binnenKm <= maxKm))
    throw badInput('nabij.binnenKm', `must be a number above 0, at most ${maxKm}`)
  if (sorteerveld != null) throw badInput('sorteerveld', 'and nabij exclude each other: nabij sorts by distance')
  if (last != null || before != null) throw badInput(last == null ? 'before' : 'last', 'and nabij exclude each other')
  if (filter?.afstand != null) throw badInput('filter.afstand', 'and nabij exclude each other')
  return { punt: pointOf(nabij, plaatsen), binnenKm }
}

/**
 * The page of a search by distance, from the index of vacancies that the gateway has read, together with VDAB's total.
 */
export const searchNearby = async (
  args: Partial<QueryVacaturesArgs> & { nabij: Nabij },
  { enrichment: { plaats }, vdab }: Context,
  info: GraphQLResolveInfo
) => {
  if (!plaats) throw badInput('nabij', 'is switched off on this gateway (ENRICH_PLAATS)')
  const circle = readCircle(args.nabij, args, plaats)
  const { detail, items: page, markUncacheable } = vdab.at(info.path)
  markUncacheable() // the index can change without a change of a cache entry
  const { filter } = args
  const accepts =
    filter &&
    ((waarden: object, at: string) =>
      // the index stores the results of filterwaardenOf
      finds(filter, waarden as ReturnType<typeof filterwaardenOf>, at))
  const distances: number[] = []
  const found = await connect('vacatures', args, info, {
    count: () => 0, // `last` was refused above
    ask: async (window) => {
      const { totaal, items } = plaats.search({ ...circle, ...window }, accepts ?? undefined)
      distances.push(...items.map(({ km }) => Math.round(km * 1000) / 1000))
      const records = await Promise.all(items.map(({ id }) => settled(() => detail('vacature', id))))
      for (const [index, record] of records.entries()) if (record === null) plaats.forget(items[index]?.id)
      return { totaal, items: records }
    }
  })
  const bekend = plaats.size()
  const { totaal } = await page('vacatures', oneItem)
  return { ...found, distances, dekking: { bekend, totaal: Math.max(bekend, totaal) } }
}

/** The edges of a page of vacancies, with the distances of a search by distance. */
export const edgesWithDistance = (page: VdabRecord) => {
  const distances = page['distances'] as readonly number[] | undefined // set by searchNearby
  const edges = edgesOf(page)
  return distances ? edges.map((edge, index) => ({ ...edge, afstandKm: distances[index] ?? null })) : edges
}

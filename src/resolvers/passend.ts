import type { GraphQLResolveInfo } from 'graphql'
import type { Context, VdabRecord } from '../context.ts'
import { badInput, settled } from '../errors.ts'
import type { Resolvers } from '../schema/types.ts'
import { pageParameters } from './connection.ts'
import { interneReferentie, textOf } from './reading.ts'
import { selectedPaths } from './selection.ts'
import {} from './vacature.ts'

const usual = 10
/** VDAB has no way to fetch several CVs at once, and each compared CV is a read of personal data. */
const maxKandidaten = 50
const maxVacatures = 100

type Passend = NonNullable<Context['enrichment']['passend']>
type Overlap = ReturnType<Passend['overlap']>
type Match = Overlap & { readonly cvId: string; readonly kandidaat?: VdabRecord; readonly vacature?: VdabRecord }

const readSize = (first: number | null | undefined, most: number) => {
  const size = first ?? usual
  if (size < 1 || size > most) throw badInput('first', `must be a whole number from 1 to ${most}`)
  return size
}

const needsItems = (info: GraphQLResolveInfo) => [...selectedPaths(info)].some((path) => path.startsWith('items.'))

const isFailure = (match: Match | Error): match is Error => match instanceof Error

/** The result of a comparison. Unreadable records come last, so that each returns its own error. */
const answer = (totaal: number, found: readonly (Match | Error)[], { sorted }: Passend) => {
  const failures = found.filter(isFailure)
  const matches = found.flatMap((match) => (isFailure(match) ? [] : [match]))
  return {
    // GraphQL treats an Error in a list as a failed item
    items: [...sorted(matches), ...failures] as readonly VdabRecord[],
    dekking: { vergeleken: matches.length, totaal }
  }
}

const compareKandidaten = async (
  vacature: VdabRecord,
  aantal: number,
  { vdab, personal, enrichment: { passend } }: Context,
  info: GraphQLResolveInfo
) => {
  if (!passend) return null
  const { items: page, detail, markUncacheable } = vdab.at(info.path)
  markUncacheable() // a response about people is not cached, even when it names nobody
  const search = passend.kandidatenVoor(vacature)
  if (!search) return answer(0, [], passend)
  const { totaal, items } = await page('kandidaten', { ...search, ...pageParameters({ vanaf: 0, aantal }) })
  if (!needsItems(info)) return answer(totaal, [], passend)
  const one = async (item: VdabRecord): Promise<readonly (Match | Error)[]> => {
    const cvId = textOf(item['cvId'])
    if (cvId === undefined || !vdab.isId(cvId)) return []
    const kandidaat = await settled(() => detail('kandidaat', cvId))
    if (kandidaat === null || kandidaat instanceof Error) return kandidaat === null ? [] : [kandidaat]
    // Comparing a CV counts as reading it, even if no part of the comparison is selected.
    personal.show(cvId, 'kandidaten')
    return [{ cvId, kandidaat, ...passend.overlap(vacature, kandidaat) }]
  }
  const found = await Promise.all(items.slice(0, aantal).map(one))
  return answer(totaal, found.flat(), passend)
}

const compareVacatures = async (
  kandidaat: VdabRecord,
  aantal: number,
  { vdab, enrichment: { passend } }: Context,
  info: GraphQLResolveInfo
) => {
  if (!passend) return null
  const { items: page, detail, markUncacheable } = vdab.at(info.path, { isAboutPerson: true })
  markUncacheable()
  const search = passend.vacaturesVoor(kandidaat)
  if (!search) return answer(0, [], passend)
  const { totaal, items } = await page('vacatures', { ...search, ...pageParameters({ vanaf: 0, aantal }) })
  if (!needsItems(info)) return answer(totaal, [], passend)
  // without it, the policy has already hidden the field
  const cvId = textOf(kandidaat['cvId']) ?? ''
  const one = async (item: VdabRecord): Promise<readonly (Match | Error)[]> => {
    const vacature = await settled(() => detail('vacature', interneReferentie(item)))
    if (vacature === null || vacature instanceof Error) return vacature === null ? [] : [vacature]
    return [{ cvId, vacature, ...passend.overlap(vacature, kandidaat) }]
  }
  const found = await Promise.all(items.slice(0, aantal).map(one))
  return answer(totaal, found.flat(), passend)
}

/** The links between vacancies and CVs: what they share; they contain no decision. */
export const passend: Resolvers = {
  Vacature: {
    passendeKandidaten: (vacature, { first }, context, info) =>
      compareKandidaten(vacature, readSize(first, maxKandidaten), context, info)
  },
  Kandidaat: {
    passendeVacatures: (kandidaat, { first }, context, info) =>
      compareVacatures(kandidaat, readSize(first, maxVacatures), context, info)
  }
}

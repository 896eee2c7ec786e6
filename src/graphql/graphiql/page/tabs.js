import vacatures from './queries/vacatures.graphql'
import kandidaten from './queries/kandidaten.graphql'
import vacature from './queries/vacature.graphql'
import gewijzigd from './queries/vacatureGewijzigd.graphql'
import kandidaat from './queries/kandidaat.graphql'

/** The tabs of a first visit. The two ids are from VDAB's documentation; they surely exist only on the simulator. */
export const defaultTabs = ({ simulator }) =>
  (simulator ? [vacatures, gewijzigd, kandidaten, vacature, kandidaat] : [vacatures, gewijzigd, kandidaten]).map(
    (query) => ({ query })
  )

/** The operation of a link such as `/graphiql?query=…`, which opens in a tab and does not run by itself. */
export const linkedOperation = (search) => {
  const parameters = new URLSearchParams(search)
  const query = parameters.get('query')
  return query ? { initialQuery: query, initialVariables: parameters.get('variables') ?? undefined } : {}
}

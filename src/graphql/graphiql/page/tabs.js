import vacatures from './queries/vacatures.graphql'
import kandidaten from './queries/kandidaten.graphql'
import vacature from './queries/vacature.graphql'
import kandidaat from './queries/kandidaat.graphql'

/** The tabs of a first visit. The two ids are from VDAB's documentation; they surely exist only on the simulator. */
export const defaultTabs = ({ simulator }) =>
  (simulator ? [vacatures, kandidaten, vacature, kandidaat] : [vacatures, kandidaten]).map((query) => ({ query }))

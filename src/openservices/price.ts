import type { AskedRecords } from './accelerator.ts'
import type { Route, Version } from './routes.ts'

/** The assumed number of records of a page without `aantal`: VDAB's default size is a guess (upstream.md §8 row 4). */
const assumedSize = 50

/** The maximum number of calls for this many records: a batch can end in single calls. */
const callsFor = (records: number) => Math.ceil(records * 1.5)

/** Version 4 has no `velden=status`, so version 2 reads the status from the full records. */
const needsRecords = ({ name, version }: Route, { parameters }: AskedRecords, vdabVersion: Version) =>
  name === 'vacatures' && version === 'v2' && vdabVersion === 'v4' && parameters['velden']?.includes('status') === true

/** The price of a request: the maximum number of calls to VDAB, as in GraphQL. A search can look up a code. */
export const priceOf = (route: Route, asked: AskedRecords, vdabVersion: Version): number => {
  const { kind, name } = route
  if (kind === 'opId') return Math.max(1, callsFor(asked.references.length))
  if (name !== 'vacatures') return 1
  if (!needsRecords(route, asked, vdabVersion)) return 2
  const size = Number(asked.parameters['aantal']?.[0] ?? assumedSize)
  // a wrong size is refused later
  return 2 + callsFor(Number.isInteger(size) ? Math.min(200, Math.max(0, size)) : assumedSize)
}

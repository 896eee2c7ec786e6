import type { EnrichmentSettings } from '../config/enrichment.ts'
import type { Enrichment } from './index.ts'

/** Bytes per vacancy of the simulator, measured with Node 20. */
const bytesEach = { plaats: 420, dubbels: 480, levensloop: 450 }

type Counts = { readonly plaats: number; readonly dubbels: number; readonly levensloop: number }

const bytesOf = ({ plaats, dubbels, levensloop }: Counts) => {
  const heap = plaats * bytesEach.plaats + dubbels * bytesEach.dubbels
  // The memory of SQLite is outside the heap.
  return { heap, all: heap + levensloop * bytesEach.levensloop }
}

/** The maximum memory of the enrichment in bytes: in the heap, and in total. A levensloop in STATE_FILE takes none. */
export const maxEnrichmentBytes = (settings: EnrichmentSettings, stateFile: string | undefined) =>
  bytesOf({
    plaats: settings.plaats ? settings.maxVacatures : 0,
    dubbels: settings.dubbels ? settings.maxVacatures : 0,
    levensloop: settings.levensloop && stateFile === undefined ? settings.levensloopMax : 0
  })

/** The current memory of the enrichment, estimated from the number of its vacancies, and its maximum, in bytes. */
export const enrichmentSize = (
  { settings, plaats, dubbels, levensloop }: Enrichment,
  stateFile: string | undefined
) => ({
  bytes: bytesOf({
    plaats: plaats?.size() ?? 0,
    dubbels: dubbels?.size() ?? 0,
    levensloop: stateFile === undefined ? (levensloop?.count() ?? 0) : 0
  }).all,
  maxBytes: maxEnrichmentBytes(settings, stateFile).all
})

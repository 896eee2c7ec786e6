import type { EnrichmentSettings } from '../config/enrichment.ts'
import type { Enrichment } from './index.ts'

/** Bytes for each vacancy of the simulator, measured under Node 20. */
const bytesEach = { plaats: 420, dubbels: 480, levensloop: 450 }

type Counts = { readonly plaats: number; readonly dubbels: number; readonly levensloop: number }

const bytesOf = ({ plaats, dubbels, levensloop }: Counts) => {
  const heap = plaats * bytesEach.plaats + dubbels * bytesEach.dubbels
  // SQLite has memory of its own.
  return { heap, all: heap + levensloop * bytesEach.levensloop }
}

/** The most memory that the enrichment takes, in bytes: in the heap, and in all. Lives in STATE_FILE take none. */
export const maxEnrichmentBytes = (settings: EnrichmentSettings, stateFile: string | undefined) =>
  bytesOf({
    plaats: settings.plaats ? settings.maxVacatures : 0,
    dubbels: settings.dubbels ? settings.maxVacatures : 0,
    levensloop: settings.levensloop && stateFile === undefined ? settings.levensloopMax : 0
  })

/** The memory that the enrichment takes now, by the number of its vacancies, and the most, in bytes. */
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

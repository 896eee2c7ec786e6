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

/**
 * The maximum memory of the enrichment in bytes: in the heap, and in total. `hasLives`: is `levensloop` in memory? In
 * STATE_FILE it takes none, and several workers have none.
 */
export const maxEnrichmentBytes = (settings: EnrichmentSettings, hasLives: boolean) =>
  bytesOf({
    plaats: settings.plaats ? settings.maxVacatures : 0,
    dubbels: settings.dubbels ? settings.maxVacatures : 0,
    levensloop: settings.levensloop && hasLives ? settings.levensloopMax : 0
  })

/** The current memory of the enrichment, estimated from the number of its vacancies, and its maximum, in bytes. */
export const enrichmentSize = (
  { settings, plaats, dubbels, levensloop }: Enrichment,
  stateFile: string | undefined
) => {
  const lives = stateFile === undefined ? levensloop : undefined
  return {
    bytes: bytesOf({
      plaats: plaats?.size() ?? 0,
      dubbels: dubbels?.size() ?? 0,
      levensloop: lives?.count() ?? 0
    }).all,
    maxBytes: maxEnrichmentBytes(settings, lives !== undefined).all
  }
}

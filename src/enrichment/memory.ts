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

/**
 * The most memory that the enrichment takes, in bytes: in the heap, and in all. `hasLives`: are lives of vacancies in
 * memory? In STATE_FILE they take none, and with several workers there are none.
 */
export const maxEnrichmentBytes = (settings: EnrichmentSettings, hasLives: boolean) =>
  bytesOf({
    plaats: settings.plaats ? settings.maxVacatures : 0,
    dubbels: settings.dubbels ? settings.maxVacatures : 0,
    levensloop: settings.levensloop && hasLives ? settings.levensloopMax : 0
  })

/** The memory that the enrichment takes now, by the number of its vacancies, and the most, in bytes. */
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

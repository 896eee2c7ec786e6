import type { Config } from '../config/index.ts'
import type { Enrichment } from './index.ts'

/** Bytes per vacancy of the simulator, measured with Node 20. */
const bytesEach = { plaats: 420, dubbels: 480, levensloop: 450 }

type Counts = { readonly plaats: number; readonly dubbels: number; readonly levensloop: number }

const bytesOf = ({ plaats, dubbels, levensloop }: Counts) => {
  const heap = plaats * bytesEach.plaats + dubbels * bytesEach.dubbels
  // The memory of SQLite is outside the heap.
  return { heap, all: heap + levensloop * bytesEach.levensloop }
}

type Settings = Pick<Config, 'enrichment' | 'stateFile' | 'workers'>

/** Is `levensloop` in memory? In STATE_FILE it takes none, and with several workers it is off. */
const hasLevensloop = ({ enrichment, stateFile, workers }: Settings) =>
  enrichment.levensloop && stateFile === undefined && workers === 1

/** The maximum memory of the enrichment in bytes: in the heap, and in total. */
export const maxEnrichmentBytes = (settings: Settings) => {
  const { plaats, dubbels, maxVacatures, levensloopMax } = settings.enrichment
  return bytesOf({
    plaats: plaats ? maxVacatures : 0,
    dubbels: dubbels ? maxVacatures : 0,
    levensloop: hasLevensloop(settings) ? levensloopMax : 0
  })
}

/** The current memory of the enrichment, estimated from the number of its vacancies, and its maximum, in bytes. */
export const enrichmentSize = ({ plaats, dubbels, levensloop }: Enrichment, settings: Settings) => ({
  bytes: bytesOf({
    plaats: plaats?.size() ?? 0,
    dubbels: dubbels?.size() ?? 0,
    levensloop: hasLevensloop(settings) ? (levensloop?.count() ?? 0) : 0
  }).all,
  maxBytes: maxEnrichmentBytes(settings).all
})

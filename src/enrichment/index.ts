import type { EnrichmentSettings } from '../config/enrichment.ts'
import { createLevensloop } from './levensloop/index.ts'
import { createPlaats } from './plaats/index.ts'

type Dependencies = {
  settings: EnrichmentSettings
  /** what the lives of vacancies need; undefined where this process keeps none */
  levensloop: Parameters<typeof createLevensloop>[0] | undefined
} & Parameters<typeof createPlaats>[0]

/**
 * The fields beside VDAB's own, computed from records. A part that is switched off or whose table is missing is
 * undefined, and its fields are null. Each value names its source and how sure it is.
 */
export const createEnrichment = ({ settings, levensloop, ...deps }: Dependencies) => ({
  settings,
  plaats: settings.plaats ? createPlaats(deps) : undefined,
  levensloop: settings.levensloop && levensloop ? createLevensloop(levensloop) : undefined
})

export type Enrichment = ReturnType<typeof createEnrichment>

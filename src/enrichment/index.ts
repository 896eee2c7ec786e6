import type { EnrichmentSettings } from '../config/enrichment.ts'
import { createJobPosting } from './jobPosting/index.ts'
import { createPlaats } from './plaats/index.ts'

type Dependencies = { settings: EnrichmentSettings } & Parameters<typeof createPlaats>[0]

/**
 * The fields beside VDAB's own, computed from records. A part that is switched off or whose table is missing is
 * undefined, and its fields are null. Each value names its source and how sure it is.
 */
export const createEnrichment = ({ settings, ...deps }: Dependencies) => {
  const plaats = settings.plaats ? createPlaats(deps) : undefined
  const { pageUrl } = settings
  return {
    settings,
    plaats,
    jobPosting: settings.jobPosting ? createJobPosting({ plaatsOf: plaats?.ofVacature, pageUrl }) : undefined
  }
}

export type Enrichment = ReturnType<typeof createEnrichment>

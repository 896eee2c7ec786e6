import type { EnrichmentSettings } from '../config/enrichment.ts'

type Dependencies = { settings: EnrichmentSettings }

/**
 * The fields beside VDAB's own, computed from records. A part that is switched off or whose table is missing answers
 * null. Each value names its source and how sure it is.
 */
export const createEnrichment = ({ settings }: Dependencies) => ({ settings })

export type Enrichment = ReturnType<typeof createEnrichment>

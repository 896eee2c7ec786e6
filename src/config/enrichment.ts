import type { Settings } from './settings.ts'

/** Which fields beside VDAB's own are computed; one that is off is null. */
export const readEnrichment = ({ isOn }: Settings) => ({
  plaats: isOn('ENRICH_PLAATS', 'on')
})

export type EnrichmentSettings = ReturnType<typeof readEnrichment>

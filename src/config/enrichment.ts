import type { Settings } from './settings.ts'

/** Which fields beside VDAB's own are computed; one that is off is null. */
export const readEnrichment = ({ isOn }: Settings) => ({
  plaats: isOn('ENRICH_PLAATS', 'on'),
  dubbels: isOn('ENRICH_DUBBELS', 'on'),
  taal: isOn('ENRICH_TAAL', 'on')
})

export type EnrichmentSettings = ReturnType<typeof readEnrichment>

import type { Settings } from './settings.ts'

/** Which fields beside VDAB's own are computed; one that is off is null. */
export const readEnrichment = ({ isOn, text }: Settings) => ({
  plaats: isOn('ENRICH_PLAATS', 'on'),
  dubbels: isOn('ENRICH_DUBBELS', 'on'),
  taal: isOn('ENRICH_TAAL', 'on'),
  beroep: isOn('ENRICH_BEROEP', 'on'),
  /** the table of codes that the operator supplies; undefined = none */
  beroepenFile: text('BEROEPEN_FILE'),
  passend: isOn('ENRICH_PASSEND', 'on')
})

export type EnrichmentSettings = ReturnType<typeof readEnrichment>

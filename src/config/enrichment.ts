import type { Settings } from './settings.ts'

/** Which fields beside VDAB's own are computed; one that is off is null. */
export const readEnrichment = ({ isOn, integer }: Settings) => ({
  plaats: isOn('ENRICH_PLAATS', 'on'),
  levensloop: isOn('ENRICH_LEVENSLOOP', 'on'),
  /** the most vacancies whose life is remembered */
  levensloopMax: integer('LEVENSLOOP_MAX', 300_000, 1000, 5_000_000)
})

export type EnrichmentSettings = ReturnType<typeof readEnrichment>

import type { Settings } from './settings.ts'

/** Which fields beside VDAB's own are computed; one that is off is null. */
export const readEnrichment = ({ isOn, text, integer }: Settings) => ({
  plaats: isOn('ENRICH_PLAATS', 'on'),
  /** off by default: VDAB's terms decide whether adverts may be offered to search engines */
  jobPosting: isOn('ENRICH_JOB_POSTING', 'off'),
  levensloop: isOn('ENRICH_LEVENSLOOP', 'on'),
  beroep: isOn('ENRICH_BEROEP', 'on'),
  /** the ties between CVs and vacancies */
  passend: isOn('ENRICH_PASSEND', 'on'),
  dubbels: isOn('ENRICH_DUBBELS', 'on'),
  taal: isOn('ENRICH_TAAL', 'on'),
  /** the operator's table of ISCO and ESCO codes; undefined = none */
  beroepenFile: text('BEROEPEN_FILE'),
  /** the embedded database of the life of vacancies and of saved searches; undefined = memory only */
  stateFile: text('STATE_FILE'),
  /** the most vacancies whose life is kept */
  levensloopMax: integer('LEVENSLOOP_MAX', 500_000, 1000, 10_000_000)
})

export type EnrichmentSettings = ReturnType<typeof readEnrichment>

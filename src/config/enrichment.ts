import { namesInTemplate } from '../formats/urlTemplate.ts'
import type { Settings } from './settings.ts'

/** The page of a vacancy on VDAB's website; the format of the path is a guess (upstream.md §8 row 23). */
const pageAtVdab = 'https://www.vdab.be/vindeenjob/vacatures/{vdabReferentie}'
const namesOfVacature = ['id', 'vdabReferentie']

const readPageUrl = ({ text, refuse }: Settings): string => {
  const template = text('VACATURE_URL') ?? pageAtVdab
  const names = namesInTemplate(template)
  const isKnown = names.length > 0 && names.every((name) => namesOfVacature.includes(name))
  if (!isKnown || !/^https?:\/\/[^\s<>"]+$/.test(template) || !URL.canParse(template.replace(/[{}]/g, '')))
    refuse('VACATURE_URL must be an address with {id} or {vdabReferentie}, like https://jobs.example/{id}')
  return template
}

/** The parts of the enrichment that are on. The fields of a part that is off are null. */
export const readEnrichment = (settings: Settings) => ({
  plaats: settings.isOn('ENRICH_PLAATS', 'on'),
  dubbels: settings.isOn('ENRICH_DUBBELS', 'on'),
  taal: settings.isOn('ENRICH_TAAL', 'on'),
  beroep: settings.isOn('ENRICH_BEROEP', 'on'),
  /** the table of codes that the operator supplies; undefined = none */
  beroepenFile: settings.text('BEROEPEN_FILE'),
  passend: settings.isOn('ENRICH_PASSEND', 'on'),
  /** searches as CSV and as feeds */
  forms: settings.isOn('ENRICH_FORMS', 'on'),
  /** vacancies as JobPosting of schema.org; off by default, because VDAB's terms may not allow it */
  jobPosting: settings.isOn('ENRICH_JOBPOSTING', 'off'),
  /** the URL of a vacancy's web page, with {id} or {vdabReferentie} */
  pageUrl: readPageUrl(settings),
  /** the maximum number of vacancies in the indexes of places and of duplicates */
  maxVacatures: settings.integer('ENRICH_MAX_VACATURES', 300_000, 1000, 5_000_000),
  levensloop: settings.isOn('ENRICH_LEVENSLOOP', 'on'),
  /** the maximum number of vacancies with a stored levensloop */
  levensloopMax: settings.integer('LEVENSLOOP_MAX', 300_000, 1000, 5_000_000)
})

export type EnrichmentSettings = ReturnType<typeof readEnrichment>

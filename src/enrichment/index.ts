import type { EnrichmentSettings } from '../config/enrichment.ts'
import { createBeroepen } from './beroep/index.ts'
import { createDubbels } from './dubbels/index.ts'
import { createJobPosting } from './jobPosting/index.ts'
import { createLevensloop } from './levensloop/index.ts'
import { createPassend } from './passend/index.ts'
import { createPlaats } from './plaats/index.ts'
import { createTaal } from './taal/index.ts'

type Dependencies = {
  settings: EnrichmentSettings
  /** what the lives of vacancies need; undefined where this process keeps none */
  levensloop: Parameters<typeof createLevensloop>[0] | undefined
} & Omit<Parameters<typeof createPlaats>[0], 'max'> &
  Parameters<typeof createTaal>[0]

/**
 * The fields beside VDAB's own, computed from records. A part that is switched off or whose table is missing is
 * undefined, and its fields are null. Each value names its source and how sure it is. Throws ConfigError on a wrong
 * table.
 */
export const createEnrichment = async ({ settings, levensloop, ...deps }: Dependencies) => {
  const { pageUrl, maxVacatures: max } = settings
  const plaats = settings.plaats ? createPlaats({ ...deps, max }) : undefined
  return {
    settings,
    plaats,
    dubbels: settings.dubbels ? createDubbels({ max }) : undefined,
    taal: settings.taal ? await createTaal(deps) : undefined,
    beroepen: settings.beroep ? createBeroepen({ ...settings, warn: deps.warn }) : undefined,
    passend: settings.passend ? createPassend() : undefined,
    jobPosting: settings.jobPosting ? createJobPosting({ plaatsOf: plaats?.ofVacature, pageUrl }) : undefined,
    levensloop: settings.levensloop && levensloop ? createLevensloop(levensloop) : undefined
  }
}

export type Enrichment = Awaited<ReturnType<typeof createEnrichment>>

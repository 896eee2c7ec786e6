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
  /** what the levensloop needs; undefined if this process stores none */
  levensloop: Parameters<typeof createLevensloop>[0] | undefined
} & Omit<Parameters<typeof createPlaats>[0], 'max'> &
  Parameters<typeof createTaal>[0]

/**
 * Computes the fields that the gateway adds to VDAB's records. A part is undefined, and its fields are null, if it is
 * switched off or its table is missing. Throws ConfigError if a table is invalid.
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

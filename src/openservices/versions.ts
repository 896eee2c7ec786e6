import type { PageName } from '../upstream/endpoints.ts'
import type { Parameters } from '../upstream/parameters.ts'
import type { VdabRecord } from '../upstream/records.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import type { Version } from './routes.ts'
import { fromVersionTwo } from './versionFour.ts'
import { fromVersionFour } from './versionTwo.ts'

/** Writes VDAB's responses about vacancies in one version. */
export type Versions = {
  /** an envelope of Vacatures */
  readonly page: (name: PageName, parameters: Parameters, vdab: VdabForRequest) => unknown
  /** full records */
  readonly records: (
    records: readonly VdabRecord[],
    vdab: VdabForRequest
  ) => readonly VdabRecord[] | Promise<readonly VdabRecord[]>
}

/** VDAB uses the version of the path: nothing is rewritten. */
export const asVdabSends: Versions = {
  page: (name, parameters, vdab) => vdab.at().page(name, parameters),
  records: (records) => records
}

/**
 * The envelope of a list with its total, under the name of each version (upstream.md §2.1). Version 4 gets both names.
 */
export const listIn = (version: Version | undefined, totaal: number, resultaten: readonly unknown[]) =>
  version === 'v4' ? { totaalAantalResultaten: totaal, aantal: totaal, resultaten } : { aantal: totaal, resultaten }

/** Converts responses to the version of a path, when VDAB uses `vdabVersion`. */
export const versionsOf = (version: Version | undefined, vdabVersion: Version): Versions =>
  version === undefined || version === vdabVersion ? asVdabSends : version === 'v2' ? fromVersionFour : fromVersionTwo

import { GatewayError } from '../errors.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import type { AskedRecords } from './accelerator.ts'

/** The prefix of Competent 2, VDAB's open data about occupations and competences (upstream.md §1.4) [strong]. */
export const competentPrefix = '/services/opendata/competent/v2'

/** The known paths and their parameters (upstream.md §4.1) [strong], for the description; any other path also works. */
export const competentPaths: Readonly<Record<string, readonly string[]>> = {
  '/search': ['searchValue', 'entityTypes', 'language', 'size', 'page'],
  '/releases/:release/occupationalprofiles/:id': ['lang'],
  '/releases/:release/technicalcompetences': ['occupationalProfileId', 'lang', 'size', 'page'],
  '/releases/:release/technicalcompetences/:id': ['lang'],
  '/releases/:release/softskills': ['lang', 'size', 'page']
}

const hal = 'application/hal+json'
/**
 * The media type to request: HAL, or JSON if the client accepts only JSON. So each document has at most two cache keys.
 */
export const competentAccept = (accept: string | undefined): string =>
  accept !== undefined && /application\/json/i.test(accept) && !/hal\+json|\*/i.test(accept) ? 'application/json' : hal

const maxPathLength = 300
const maxQueryLength = 1000
/** No empty part, no `.` or `..`, and no character that must be encoded. */
const safePath = /^(?!\.{1,2}(\/|$))[\w.~-]+(\/(?!\.{1,2}(\/|$))[\w.~-]+)*$/

const unknown = () => new GatewayError('NOT_FOUND', 'No resources match requested URI')

/**
 * A document of Competent as VDAB sends it. The query passes unchanged. `lang` is never added, since Competent empties
 * all languages if that one is missing (upstream.md §4.1: a trap). Throws NOT_FOUND on an unsafe path, and if VDAB
 * responds 404; BAD_USER_INPUT on a query that is too long.
 */
export const readCompetent = async (
  { id, parameters, accept = hal }: AskedRecords,
  vdab: VdabForRequest
): Promise<unknown> => {
  const path = id.replace(/\/$/, '')
  if (path.length > maxPathLength || !safePath.test(path)) throw unknown()
  if (JSON.stringify(parameters).length > maxQueryLength)
    throw new GatewayError('BAD_USER_INPUT', `The query is longer than ${maxQueryLength} characters`, {
      field: 'parameters'
    })
  const document = await vdab.at().document(path, parameters, accept)
  if (document === null) throw unknown()
  return document
}

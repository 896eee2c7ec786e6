import { GatewayError } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'
import type { VdabForRequest } from '../vdab/lookup.ts'
import type { AskedRecords } from './accelerator.ts'
import { readCompetent } from './competent.ts'
import { readReferences } from './references.ts'
import type { Route, Version } from './routes.ts'
import { listIn, versionsOf } from './versions.ts'

/** The redaction for one consumer: of a record, and of an envelope with records. */
export type Redact = {
  /** the JSON of a record; `text` is that of the cache, if it has exactly this record */
  record: (source: object | undefined, text: string | undefined) => string
  page: (source: unknown) => unknown
}
const toJson = exactJson.stringify

/** No redaction, for data without persons. */
export const asItIs: Redact = { record: toJson, page: (source) => source }

/**
 * The response of a route as VDAB's JSON, redacted. Throws NOT_FOUND on an unknown id, and BAD_USER_INPUT for a request
 * that VDAB would refuse.
 */
export const answer = async (
  { kind, name, version }: Route,
  asked: AskedRecords,
  vdab: VdabForRequest,
  { redact, vdabVersion }: { redact: Redact; vdabVersion: Version }
): Promise<string> => {
  const { id, parameters, references } = asked
  const { page, records } = versionsOf(version, vdabVersion)
  if (kind === 'document') return toJson(await readCompetent(asked, vdab))
  if (kind === 'page') return toJson(redact.page(await page(name, parameters, vdab)))
  if (kind === 'lijst') return toJson(await vdab.at().raw(name, parameters))
  if (kind === 'detail') {
    // clients of VDAB recognise this message
    if (!vdab.isId(id)) throw new GatewayError('BAD_USER_INPUT', 'Invalid string syntax', { field: 'id' })
    const record = await vdab.at().detail(name, id)
    if (record === null) throw new GatewayError('NOT_FOUND', `${id} is geen bestaande ${name}`)
    const [written] = await records([record], vdab)
    return redact.record(written, written && vdab.textOf(written))
  }
  const resultaten = await records(await readReferences(references, vdab), vdab)
  return toJson(redact.page(listIn(version, resultaten.length, resultaten)))
}

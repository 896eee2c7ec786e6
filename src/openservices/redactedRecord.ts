import type { Personal } from '../access/personal.ts'
import type { RecordType, Redaction } from '../access/redaction.ts'
import { exactJson } from '../formats/exactJson.ts'

type Scopes = ReadonlySet<string>

/**
 * Writes one record as JSON, redacted. Records of the cache never change, and some consumers may see all of a vacancy.
 * For these consumers the JSON of the cache is sent from the second time on, which saves a quarter of the time of such
 * a response. Not for people: their shown data is written to the audit log each time.
 */
export const createRedactedRecord = (redaction: Redaction) => {
  const wholes = new WeakMap<object, WeakMap<Scopes, boolean>>()

  /** `text` is the JSON of exactly this record, if the cache has it. */
  return (
    type: RecordType,
    record: object | undefined,
    text: string | undefined,
    scopes: Scopes,
    personal: Personal
  ) => {
    const mayBeWhole = type === 'Vacature' && record !== undefined && text !== undefined
    const ofRecord = mayBeWhole ? (wholes.get(record) ?? new WeakMap<Scopes, boolean>()) : undefined
    if (ofRecord?.get(scopes) && text !== undefined) return text
    const json = exactJson.stringify(redaction.record(type, record, scopes, personal))
    if (mayBeWhole && ofRecord && !ofRecord.has(scopes))
      wholes.set(record, ofRecord.set(scopes, json === exactJson.stringify(record)))
    return json
  }
}

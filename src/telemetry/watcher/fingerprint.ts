import { createHash } from 'node:crypto'

/** The data stored about a sent record: its version if VDAB provides one, and a hash of its content. */
export type Fingerprint = { readonly versie: number | undefined; readonly hash: string }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON with the members of each object sorted by name. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member
  )

const versieIn = (record: unknown): number | undefined => {
  if (!isObject(record)) return undefined
  const { versie } = record
  return typeof versie === 'number' ? versie : undefined
}

/** The fingerprint of a record. */
export const fingerprintOf = (record: unknown): Fingerprint => ({
  versie: versieIn(record),
  hash: createHash('sha256').update(canonical(record)).digest('base64url')
})

/**
 * Is this the same state of the record? VDAB may write a record in a list differently from a single record, so the
 * version numbers are compared if both have one.
 */
export const isSameRecord = (sent: Fingerprint, record: unknown): boolean => {
  const versie = versieIn(record)
  return sent.versie !== undefined && versie !== undefined
    ? sent.versie === versie
    : sent.hash === fingerprintOf(record).hash
}

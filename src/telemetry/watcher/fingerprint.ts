import { createHash } from 'node:crypto'

/** What is kept of a record that was sent: its version where VDAB gives one, and a hash of its content. */
export type Fingerprint = { readonly versie: number | undefined; readonly hash: string }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON with the members of each object in the order of their names. */
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
 * Is this still the record? VDAB may write a record in a list in another way than a single one, so its number of a
 * version decides where both have one.
 */
export const isSameRecord = (sent: Fingerprint, record: unknown): boolean => {
  const versie = versieIn(record)
  return sent.versie !== undefined && versie !== undefined
    ? sent.versie === versie
    : sent.hash === fingerprintOf(record).hash
}

import { badInput } from '../errors.ts'
import { eachAuditFile } from './auditFiles.ts'
import { linesOf } from './auditLines.ts'
import type { PolicyRecord, Velden } from './auditPolicy.ts'
import type { AuditRecord } from './auditReader.ts'

/** `van` and `tot` are times. A consumer that could read the field in several periods has several entries. */
export type CouldSee = { readonly naam: string; readonly van: string; readonly tot: string }
export type FieldAccess = {
  readonly veld: string
  readonly dag: string
  readonly van: string
  readonly tot: string
  /** the combinations of scopes that opened the field */
  readonly scopes: readonly string[]
  /** is a policy recorded for the whole day, up to now? */
  readonly volledig: boolean
  /** the ids of the policies of the day */
  readonly beleid: readonly string[]
  readonly consumenten: readonly CouldSee[]
  /** consumers with records of that day on the scope of the field; includes consumers with tokens of an issuer */
  readonly lezers: readonly { readonly naam: string; readonly records: number }[]
  /** the issuers of tokens, whose consumers are not listed in a policy */
  readonly uitgevers: readonly string[]
}
type Question = { field: string; day: string; now: number }
type Period = { readonly policy: PolicyRecord; readonly from: number; readonly to: number }

/** The start and the end of a day of the machine, in ms. Throws BAD_USER_INPUT when it is not a date. */
export const dayBounds = (day: string): { from: number; to: number } => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const start = new Date(year, month - 1, date)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || start.getMonth() !== month - 1 || start.getDate() !== date)
    throw badInput('dag', 'must be a date like 2026-11-28')
  return { from: start.getTime(), to: new Date(year, month - 1, date + 1).getTime() }
}

const keysOf = (velden: Velden, field: string) => Object.keys(velden).filter((key) => velden[key]?.includes(field))

const mayRead = (policy: PolicyRecord, field: string, scopes: readonly string[]) =>
  keysOf(policy.velden, field).some((key) => key.split(' ').every((scope) => scopes.includes(scope)))

/** The recorded policies, each until the next, and the records that the readers of the day read. */
const collect = async (path: string, { from, to }: { from: number; to: number }) => {
  const policies: PolicyRecord[] = []
  const reads = new Map<string, Map<string, number>>()
  for await (const { bytes } of eachAuditFile(path, (file) => linesOf(file))) {
    const isPolicy = bytes.includes('"soort":"beleid"')
    if (!isPolicy && !bytes.includes('"cvId":"')) continue
    let record: PolicyRecord | AuditRecord
    try {
      record = JSON.parse(bytes.toString()) as PolicyRecord | AuditRecord // the writer's own records
    } catch {
      continue // a partial line of a killed process
    }
    const time = Date.parse(record.time)
    if (time >= to) continue
    if ('soort' in record) policies.push(record)
    else if (time >= from) {
      const groups = reads.get(record.consumer) ?? new Map<string, number>()
      reads.set(record.consumer, groups)
      for (const group of record.groepen) groups.set(group, (groups.get(group) ?? 0) + 1)
    }
  }
  return { policies: policies.sort((a, b) => Date.parse(a.time) - Date.parse(b.time)), reads }
}

const periodsIn = (policies: readonly PolicyRecord[], from: number, to: number): Period[] =>
  policies
    .map((policy, index) => ({
      policy,
      from: Math.max(from, Date.parse(policy.time)),
      to: Math.min(to, Date.parse(policies[index + 1]?.time ?? '') || to)
    }))
    .filter((period) => period.from < period.to)

/** One entry per consumer and uninterrupted period. */
const consumersIn = (periods: readonly Period[], field: string): CouldSee[] => {
  const found: { naam: string; from: number; to: number }[] = []
  for (const { policy, from, to } of periods)
    for (const [naam, scopes] of Object.entries(policy.consumenten)) {
      if (!mayRead(policy, field, scopes)) continue
      const before = found.find((one) => one.naam === naam && one.to === from)
      if (before) before.to = to
      else found.push({ naam, from, to })
    }
  return found
    .sort((a, b) => a.naam.localeCompare(b.naam, 'en') || a.from - b.from)
    .map(({ naam, from, to }) => ({ naam, van: new Date(from).toISOString(), tot: new Date(to).toISOString() }))
}

/**
 * The consumers that could read a field (`Type.field`) on a day of the machine, from the recorded policies. A field
 * that is in no policy of the day throws BAD_USER_INPUT. The records do not show when the gateway was not running.
 */
export const whoCouldSee = async (path: string, { field, day, now }: Question): Promise<FieldAccess> => {
  const { from, to } = dayBounds(day)
  const { policies, reads } = await collect(path, { from, to })
  const end = Math.min(to, Math.max(now, from))
  const periods = periodsIn(policies, from, end)
  const scopes = [...new Set(periods.flatMap(({ policy }) => keysOf(policy.velden, field)))]
  if (periods.length > 0 && scopes.length === 0)
    throw badInput('veld', 'is not a field with personal data: name it like NatuurlijkPersoon.email')
  const own = new Set(
    scopes.flatMap((key) => key.split(' ').filter((scope) => scope.includes(':') || !key.includes(':')))
  )
  const lezers = [...reads]
    .map(([naam, groups]) => ({ naam, records: Math.max(0, ...[...own].map((scope) => groups.get(scope) ?? 0)) }))
    .filter(({ records }) => records > 0)
    .sort((a, b) => a.naam.localeCompare(b.naam, 'en'))
  return {
    veld: field,
    dag: day,
    van: new Date(from).toISOString(),
    tot: new Date(to).toISOString(),
    scopes,
    volledig: periods[0]?.from === from,
    beleid: [...new Set(periods.map(({ policy }) => policy.beleid))],
    consumenten: consumersIn(periods, field),
    lezers,
    uitgevers: [...new Set(periods.flatMap(({ policy }) => policy.uitgever ?? []))]
  }
}

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../processes.ts'

/** Limits of the tested consumers: requests per minute, simultaneous streams, CVs per day; and VDAB's limit, whose
 * floor for each member must exceed the polls of a minute. */
export const limits = { requests: 60, streams: 9, cvs: 30, callsPerMinute: 600 } as const

const many = 1_000_000_000
const plenty = { requestsPerMinute: many, costPerMinute: many, cvsPerDay: many }
const scopes = ['vacatures', 'kandidaten', 'kandidaten:identiteit', 'beheer']
const names = new Set<string>()

/** The key of a consumer. Names and keys occur nowhere else, so that a leak of them is found. */
export const keyOf = (name: string) => `kanarie-sleutel-${name}`
const nameOf = (name: string) => `kanarie-afnemer-${name}`

/** The consumers of all rows: each row has its own, since the counts of a day and a minute outlast a row. */
export const writeConsumers = (rows: number): string => {
  const file = join(folder, 'sharing.json')
  const entry = (name: string, own: object = {}) => {
    names.add(name)
    const sha256 = createHash('sha256').update(keyOf(name)).digest('hex')
    return { name: nameOf(name), sha256, scopes, doel: 'benchmark', limits: { ...plenty, ...own } }
  }
  const ofRow = (row: number) => [
    ...['even', 'one'].flatMap((spread) => [
      entry(`requests-${spread}-${row}`, { requestsPerMinute: limits.requests }),
      entry(`cvs-${spread}-${row}`, { cvsPerDay: limits.cvs }),
      entry(`streams-${spread}-${row}`)
    ])
  ]
  const shared = ['reader', 'demand', 'export', 'resume'].map((name) => entry(name))
  writeFileSync(file, JSON.stringify([...shared, ...Array.from({ length: rows }, (_, row) => ofRow(row)).flat()]))
  return file
}

/** The names and keys of consumers, which must not occur in Redis. */
export const secretsOfConsumers = () => [...names].flatMap((name) => [keyOf(name), nameOf(name)])

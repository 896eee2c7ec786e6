import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { AuditRecord } from '../src/access/audit.ts'

type Test = { teardown(done: () => unknown): void }

const pageBytes = 4096
const pages = 16

/** Why no disk of its own can be mounted here; undefined where one can. With CI=true that is a failure. */
export const withoutDisk = ((): string | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'pipe' })
    execFileSync('umount', [folder])
    return undefined
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    return 'this process may not mount a disk'
  } finally {
    rmSync(folder, { recursive: true })
  }
})()

/** A disk of 64 kB of its own, of which so many pages of 4 kB are left free. */
export const mountDisk = (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder])
  t.teardown(() => execFileSync('umount', ['-l', folder]))
  const filler = join(folder, 'filler')
  return {
    folder,
    leave: (free: number) => { writeFileSync(filler, Buffer.alloc((pages - free) * pageBytes)) },
    free: () => { rmSync(filler, { force: true }) }
  }
}

/** What left: under which request id, and who is in it. */
export type Left = { requestId: string; people: readonly string[] }
/** The people that stand in an answer. */
export const peopleIn = (text: string) => [...new Set([...text.matchAll(/\\?"cvId\\?":\\?"([^"\\]+)/g)].map(([, id = '']) => id.toLowerCase()))]

/** The record in a line; undefined where it is not whole. */
export const parse = (line: string): AuditRecord | undefined => {
  try {
    return JSON.parse(line) as AuditRecord
  } catch {
    return undefined
  }
}
/** The lines of an audit file, with those of the files it was rotated into. */
export const linesIn = (file: string) => readdirSync(dirname(file)).filter((name) => name.startsWith('audit')).flatMap((name) => readFileSync(join(dirname(file), name), 'utf8').split('\n').filter((line) => line !== ''))
export const recordsIn = (file: string) => linesIn(file).flatMap((line) => parse(line) ?? [])

/** The people of whom an answer left without a record of it. */
export const lacking = (left: readonly Left[], records: readonly AuditRecord[]) => {
  const known = new Set(records.map(({ requestId, cvId }) => `${requestId} ${cvId}`))
  return left.flatMap(({ requestId, people }) => people.filter((one) => !known.has(`${requestId} ${one}`)).map((one) => `${requestId} ${one}`))
}

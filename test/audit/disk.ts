import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { AuditRecord } from '../../src/access/audit.ts'
import type { Connection } from '../workers/workers.ts'

type Test = { teardown(done: () => unknown): void }

const pageBytes = 4096
const pages = 16

/** The reason why no separate disk can be mounted; undefined if one can. Throws with CI=true. */
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

/** A separate disk of 64 kB, with this number of 4 kB pages left free. */
export const mountDisk = (t: Test) => {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder])
  t.teardown(() => execFileSync('umount', ['-l', folder]))
  const filler = join(folder, 'filler')
  return {
    folder,
    leave: (free: number) => {
      writeFileSync(filler, Buffer.alloc((pages - free) * pageBytes))
    },
    free: () => {
      rmSync(filler, { force: true })
    }
  }
}

/** An answer that was sent: its request id, and the persons in it. */
export type Left = { requestId: string; people: readonly string[] }
/** The persons in an answer. */
export const peopleIn = (text: string) => [
  ...new Set([...text.matchAll(/\\?"cvId\\?":\\?"([^"\\]+)/g)].map(([, id = '']) => id.toLowerCase()))
]

/** The record in a line; undefined if the line is incomplete. */
export const parse = (line: string): AuditRecord | undefined => {
  try {
    return JSON.parse(line) as AuditRecord
  } catch {
    return undefined
  }
}
/** The lines of an audit file and of its rotated files. */
export const linesIn = (file: string) =>
  readdirSync(dirname(file))
    .filter((name) => name.startsWith('audit'))
    .flatMap((name) =>
      readFileSync(join(dirname(file), name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    )
/** The records of reads in them. */
export const recordsIn = (file: string) =>
  linesIn(file).flatMap((line) => {
    const record = parse(line)
    return record && 'cvId' in record ? [record] : []
  })

/** The persons in answers that were sent without a record. */
export const lacking = (left: readonly Left[], records: readonly AuditRecord[]) => {
  const known = new Set(records.map(({ requestId, cvId }) => `${requestId} ${cvId}`))
  return left.flatMap(({ requestId, people }) =>
    people.filter((one) => !known.has(`${requestId} ${one}`)).map((one) => `${requestId} ${one}`)
  )
}

const rest = '/services/openservices/v1/kandidaten'
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
export const generous = { REQUESTS_PER_MINUTE: '1000000', COST_PER_MINUTE: '10000000', CVS_PER_DAY: '1000000' }

type Ask = (path: string, options?: Parameters<Connection['ask']>[1]) => Promise<{ status: number; text: string }>
const graphql = (query: string) => ({ method: 'POST' as const, body: { query } })
/** Every way to read a person over HTTP; `n` selects the person. */
const ways: readonly ((ask: Ask, n: number, headers: Record<string, string>) => ReturnType<Ask>)[] = [
  (ask, n, headers) => ask(`${rest}/bbbbbbbb-0000-4000-8000-00000000000${1 + (n % 2)}`, { headers }),
  (ask, n, headers) => ask(`${rest}?aantal=${1 + (n % 5)}`, { headers }),
  (ask, _, headers) => ask(`${rest}/bulk?van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12:00:00.000Z`, { headers }),
  (ask, _, headers) =>
    ask('/graphql', {
      ...graphql(`query Who { kandidaat(id: "${person}") { cvId natuurlijkPersoon { email } } }`),
      headers
    }),
  (ask, n, headers) =>
    ask(`/graphql?query=${encodeURIComponent(`{ kandidaten(first: ${1 + (n % 7)}) { nodes { cvId } } }`)}`, {
      headers
    }),
  (ask, _, headers) =>
    ask('/graphql', {
      method: 'POST',
      body: [
        graphql(`{ kandidaat(id: "${person}") { cvId } }`).body,
        graphql('{ kandidaten(first: 3) { edges { node { cvId } } } }').body
      ],
      headers
    }),
  (ask, _, headers) =>
    ask('/graphql', {
      ...graphql(`{ kandidaat(id: "${person}") { cvId } }`),
      headers: { ...headers, accept: 'text/event-stream' }
    })
]

let asked = 0
/** Uses every way in turn until enough requests were refused; returns the answers sent. */
export const askUntilFull = async (connections: readonly { ask: Ask }[], enough = 3) => {
  const left: Left[] = []
  let refused = 0
  await Promise.all(
    connections.map(async ({ ask }) => {
      for (let own = 0; own < enough;) {
        asked += 1
        const requestId = `asked-${asked}`
        const { text } = await (ways[asked % ways.length] as (typeof ways)[number])(ask, asked, {
          'x-request-id': requestId
        }) // the index is within the list
        const people = peopleIn(text)
        if (people.length > 0) left.push({ requestId, people })
        if (!text.includes('could not be put on record')) continue
        own += 1
        refused += 1
      }
    })
  )
  return { left, refused }
}

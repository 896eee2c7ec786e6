import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { AuditRecord } from '../../src/access/audit.ts'
import type { Left } from './disk.ts'
import { askUntilFull, generous, lacking, linesIn, mountDisk, parse, peopleIn, recordsIn, withoutDisk } from './disk.ts'
import { build, logged } from '../helper.ts'
import { connect } from '../live/live.ts'
import { runWorkers } from '../workers/workers.ts'

const rest = '/services/openservices/v1/kandidaten'
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
const skip = withoutDisk ?? false

for (const WORKERS of ['1', '2']) {
  t.test(
    `on a disk that fills up no answer is sent without its complete audit record, and freed space is used again: WORKERS=${WORKERS}`,
    { skip, timeout: 300_000 },
    async (t) => {
      const disk = mountDisk(t)
      const file = join(disk.folder, 'audit.ndjson')
      const gateway = await runWorkers(t, { ...generous, WORKERS, AUDIT_FILE: file })
      const all = await Promise.all(Array.from({ length: 30 }, async () => gateway.connect()))
      const connections = all.flatMap((connection) => connection ?? [])
      if (WORKERS === '2') connections.splice(0, 2, ...(await gateway.each()))
      let answers = 0
      for (const many of [connections.slice(0, 1), connections]) {
        for (let run = 0; run < 20; run += 1) {
          disk.leave(1 + (run % 7))
          const { left, refused } = await askUntilFull(many)
          answers += left.length
          const lines = linesIn(file)
          t.strictSame(
            lines.filter((line) => parse(line) === undefined),
            [],
            'every line is complete while the disk is full'
          )
          t.strictSame(
            lacking(left, recordsIn(file)),
            [],
            `run ${run}: ${left.length} answers were sent, ${refused} were refused`
          )
          t.ok(refused > 0)
          disk.free()
          for (const [index, { ask }] of connections.slice(0, 2).entries()) {
            const requestId = `room-${many.length}-${run}-${index}`
            t.equal((await ask(`${rest}/${person}`, { headers: { 'x-request-id': requestId } })).status, 200)
            t.strictSame(lacking([{ requestId, people: [person] }], recordsIn(file)), [])
          }
          truncateSync(file)
        }
      }
      t.ok(answers > 500, `${answers} answers were sent`)
    }
  )
}

t.test(
  'on a disk that fills up a WebSocket message is sent after its complete record, or refused',
  { skip },
  async (t) => {
    const disk = mountDisk(t)
    const AUDIT_FILE = join(disk.folder, 'audit.ndjson')
    const gateway = await build(t, { simulator: { vacatures: 20, kandidaten: 30 }, env: { ...generous, AUDIT_FILE } })
    disk.leave(3)
    const socket = await connect(gateway, { headers: { 'x-request-id': 'socket' } })
    const left: Left[] = []
    let [operations, refused] = [0, 0]
    while (refused < 3) {
      operations += 1
      const message = JSON.stringify(await socket.ask('{ kandidaten(first: 4) { nodes { cvId } } }'))
      if (message.includes('could not be put on record')) refused += 1
      else left.push({ requestId: `socket-${operations}`, people: peopleIn(message) })
      await socket.next()
    }
    t.ok(left.length > 5)
    t.strictSame(lacking(left, recordsIn(AUDIT_FILE)), [])
    disk.free()
    t.match(await socket.ask('{ kandidaten(first: 4) { nodes { cvId } } }'), {
      type: 'next',
      payload: { data: { kandidaten: {} } }
    })
  }
)

t.test('an audit file that cannot be renamed is not rotated, and still takes records', { skip }, async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.ndjson')
  writeFileSync(file, `${JSON.stringify({ filler: 'x'.repeat(2 * 1024 * 1024) })}\n`)
  execFileSync('mount', ['--bind', file, file])
  t.teardown(() => execFileSync('umount', ['-l', file]))
  const { get } = await build(t, {
    simulator: { vacatures: 20, kandidaten: 30 },
    env: { AUDIT_FILE: file, AUDIT_MAX_MB: '1' }
  })
  for (const requestId of ['one', 'two'])
    t.equal((await get(`${rest}/${person}`, { headers: { 'x-request-id': requestId } })).status, 200)
  t.strictSame(
    [readdirSync(dirname(file)), recordsIn(file).map(({ requestId }) => requestId)],
    [['audit.ndjson'], ['one', 'two']]
  )
  t.equal(logged.filter((line) => line.includes('could not be rotated')).length, 1)
})

t.test('a reader finds a complete record that follows a partial one on the same line', async (t) => {
  const AUDIT_FILE = join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.ndjson')
  const line = (requestId: string) =>
    JSON.stringify({
      time: '2026-02-13T12:00:00.000Z',
      consumer: 'x',
      doel: 'a {"time": "y"}',
      cvId: person,
      groepen: [],
      requestId,
      deur: 'GET'
    })
  writeFileSync(
    AUDIT_FILE,
    `${line('one')}\n${line('lost').slice(0, 90)}${line('two')}\n\0\0\0\0${line('three')}\n${line('lost').slice(0, 90)}`
  )
  const { get } = await build(t, { env: { AUDIT_FILE } })
  const { resultaten } = (await (await get(`/api/audit/kandidaten/${person}`)).json()) as { resultaten: AuditRecord[] }
  t.strictSame(
    resultaten.map(({ requestId, doel }) => [requestId, doel]),
    ['one', 'two', 'three'].map((one) => [one, 'a {"time": "y"}'])
  )
})

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { verifyAudit } from '../../src/access/auditVerify.ts'
import type { Left } from './disk.ts'
import { askUntilFull, generous, lacking, linesIn, mountDisk, parse, peopleIn, recordsIn, withoutDisk } from './disk.ts'
import { runWorkers, until } from '../workers/workers.ts'

const rest = '/services/openservices/v1/kandidaten'
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
const skip = withoutDisk ?? false

for (const WORKERS of ['1', '2']) {
  t.test(
    `a gateway that is killed while its disk fills up repairs the audit file at its next start: WORKERS=${WORKERS}`,
    { skip, timeout: 300_000 },
    async (t) => {
      const disk = mountDisk(t)
      const file = join(disk.folder, 'audit.ndjson')
      const left: Left[] = []
      for (let round = 0; round < 2; round += 1) {
        disk.leave(5 + 5 * round)
        const gateway = await runWorkers(t, { ...generous, WORKERS, AUDIT_FILE: file })
        if (existsSync(file)) await until('the file is whole', () => readFileSync(file, 'utf8').endsWith('\n'))
        const connections = (await Promise.all(Array.from({ length: 30 }, async () => gateway.connect()))).flatMap(
          (connection) => connection ?? []
        )
        const before = left.length
        await Promise.allSettled(
          connections.map(({ ask }) =>
            askUntilFull([
              {
                ask: async (path, options) => {
                  const answer = await ask(path, options)
                  left.push({ requestId: options?.headers?.['x-request-id'] ?? '', people: peopleIn(answer.text) })
                  if (left.length > before + 15) gateway.child.kill('SIGKILL')
                  return answer
                }
              }
            ])
          )
        )
        await gateway.ended
        t.strictSame(lacking(left, recordsIn(file)), [], `after kill ${round + 1}: ${left.length} answers were sent`)
        disk.free()
        writeFileSync(file, `{"time":"2026-02-13T12:00:00.000Z","consumer":"demo-beheer","cvId":"${person}","req`, {
          flag: 'a'
        })
      }
      const gateway = await runWorkers(t, { ...generous, WORKERS, AUDIT_FILE: file })
      await until('the file is whole', () => readFileSync(file, 'utf8').endsWith('\n'))
      const connection = await gateway.connect()
      t.equal((await connection?.ask(`${rest}/${person}`, { headers: { 'x-request-id': 'last' } }))?.status, 200)
      t.strictSame(
        linesIn(file).filter((line) => parse(line) === undefined),
        []
      )
      t.match(await verifyAudit(file), { isWhole: true, unchained: 0 }, 'the file is one chain')
      t.strictSame(lacking([...left, { requestId: 'last', people: [person] }], recordsIn(file)), [])
    }
  )
}

import { execFile, execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { toFile } from '../../src/access/auditFile.ts'
import { lastHead } from '../../src/access/auditFiles.ts'
import { toStdout } from '../../src/access/auditStdout.ts'
import { verifyAudit, verifyCollected } from '../../src/access/auditVerify.ts'
import { audit } from '../../src/commands/audit.ts'
import { readAuditSettings } from '../../src/config/audit.ts'
import { sha256 } from '../../src/access/consumers.ts'
import { auditFile, build, logged } from '../helper.ts'
import { mountDisk, withoutDisk } from './disk.ts'
import { until } from '../workers/workers.ts'

type Json = Readonly<Record<string, unknown>>
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
const rest = '/services/openservices/v1/kandidaten'
const world = { vacatures: 20, kandidaten: 30 }
const root = fileURLToPath(new URL('../..', import.meta.url))
const skip = withoutDisk ?? false
const chainKey = 'a key of the chain, of more than 32 characters'

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1)
const filesOf = (file: string) =>
  readdirSync(dirname(file))
    .map((name) => join(dirname(file), name))
    .sort((a, b) => (a === file ? 1 : b === file ? -1 : a < b ? -1 : 1))

/** A record of a read as the gateway writes it, without the members of the chain. */
const read = (index: number, time = '2026-02-13T12:00:00.000Z') =>
  JSON.stringify({
    time,
    consumer: 'x',
    doel: 'toets é \u2028 "q"',
    cvId: person,
    groepen: [],
    requestId: `r${index}`,
    deur: 'GET'
  })

/** A log of a few files, made by the real writer: `perFile` reads in each, a day apart. */
const writeLog = async ({
  files = 3,
  perFile = 4,
  key,
  file = auditFile()
}: { files?: number; perFile?: number; key?: string; file?: string } = {}) => {
  const clock = { now: new Date(2026, 1, 13, 12).getTime() }
  const sink = toFile({ path: file, maxBytes: 1e9, key, now: () => clock.now })
  await sink.declare('{"soort":"beleid","beleid":"0123456789abcdef","velden":{},"consumenten":{}}')
  for (let day = 0; day < files; day += 1) {
    for (let index = 0; index < perFile; index += 1)
      await sink.write([read(day * perFile + index, new Date(clock.now).toISOString())])
    if (day < files - 1) clock.now += 86_400_000
  }
  await sink.close()
  return file
}
const problemsIn = async (file: string, options: Parameters<typeof verifyAudit>[1] = {}) =>
  (await verifyAudit(file, options)).findings.map(
    ({ file: name, line, problem }) => `${name.slice(file.length)}:${line} ${problem}`
  )

/** The command in this process: what it prints, and whether the log is whole. */
const run = async (args: string[], env: Record<string, string> = {}) => {
  const lines: string[] = []
  const isWhole = await audit(args, readAuditSettings(env), (line) => lines.push(line))
  return { isWhole, lines }
}

t.test('a log of several files is one chain, with a start and the policy in each file', async (t) => {
  const file = await writeLog()
  const result = await verifyAudit(file)
  t.match(result, { isWhole: true, files: 3, records: 3 * 6, unchained: 0, deletedTo: 0, methods: ['sha256'] })
  t.same(result.head, await lastHead(file))
  for (const name of filesOf(file))
    t.same(
      linesOf(name).map((line) => (JSON.parse(line) as Json)['soort']),
      ['begin', 'beleid', undefined, undefined, undefined, undefined]
    )
  const [first = '', second = ''] = linesOf(file).slice(2)
  const { hash } = JSON.parse(first) as { hash: string }
  const body = second.slice(0, second.lastIndexOf(',"hash"'))
  t.equal((JSON.parse(second) as Json)['hash'], sha256(hash + body), 'a hash can be computed from the lines alone')
})

t.test('any single change of a line is found: removed, changed, repeated, moved, swapped, cut', async (t) => {
  const file = await writeLog({ files: 2, perFile: 5 })
  const names = filesOf(file)
  const whole = names.map((name) => readFileSync(name))
  const total = whole.map((text) => text.toString().split('\n').length - 1)
  const change = fc.record({
    place: fc.nat({ max: names.length - 1 }),
    kind: fc.constantFrom('remove', 'repeat', 'swap', 'move', 'byte', 'insert', 'cut'),
    line: fc.nat({ max: 100 }),
    other: fc.nat({ max: 100 }),
    at: fc.nat({ max: 100_000 }),
    byte: fc.integer({ min: 0, max: 255 })
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ place, kind, line, other, at, byte }) => {
      const text = whole[place] ?? Buffer.alloc(0)
      const lines = text.toString().split('\n').slice(0, -1)
      const [one, two] = [line % lines.length, other % lines.length]
      const isLast = place === names.length - 1 && one === lines.length - 1
      let changed: Buffer
      if (kind === 'byte') {
        changed = Buffer.from(text)
        if (changed[at % text.length] === byte) return
        changed[at % text.length] = byte
      } else if (kind === 'cut') {
        const length = at % text.length
        // Removed whole lines at the end are found only with a noted end of the chain.
        if (place === names.length - 1 && (length === 0 || text[length - 1] === 10)) return
        changed = text.subarray(0, length)
      } else {
        const [moved = ''] = lines.slice(one)
        if (kind === 'remove') {
          if (isLast) return
          lines.splice(one, 1)
        } else if (kind === 'repeat') lines.splice(two, 0, moved)
        else if (kind === 'insert') lines.splice(two, 0, read(99))
        else {
          if (one === two) return
          if (kind === 'move') {
            lines.splice(one, 1)
            lines.splice(two, 0, moved)
          } else [lines[one], lines[two]] = [lines[two] ?? '', lines[one] ?? '']
        }
        // Lines of an older version may come before the chain.
        if (kind === 'insert' && place === 0 && two === 0) return
        changed = Buffer.from(`${lines.join('\n')}\n`)
      }
      writeFileSync(names[place] ?? '', changed)
      const { isWhole, findings } = await verifyAudit(file)
      writeFileSync(names[place] ?? '', text)
      if (isWhole) throw new Error(`${kind} was not found`)
      if (!findings.every((finding) => names.includes(finding.file) && finding.line >= 1))
        throw new Error(JSON.stringify(findings))
    }),
    { numRuns: 600 }
  )
  t.ok((await verifyAudit(file)).isWhole, `the log of ${total.join(' and ')} lines is whole again`)
})

t.test('the finding names the file and the line, and the command ends with 1', async (t) => {
  const file = await writeLog({ files: 2 })
  const [old = ''] = filesOf(file)
  const text = readFileSync(old, 'utf8')
  writeFileSync(old, text.replace('"r1"', '"r7"'))
  const { isWhole, lines } = await run(['verify', '--file', file])
  t.notOk(isWhole)
  t.match(lines, [`${old}:4: the hash does not fit`, /^NOT WHOLE: 12 records \(sha256\) in 2 files/])
  writeFileSync(old, text.split('\n').toSpliced(3, 2).join('\n'))
  t.same(await problemsIn(file), [`${old.slice(file.length)}:4 records 4 to 5 are missing before this line`])
  const report = JSON.parse((await run(['verify', '--file', file, '--json'])).lines[0] ?? '') as Json
  t.match(report, { isWhole: false, findings: [{ file: old, line: 4 }] })
  const exit = await promisify(execFile)(process.execPath, ['--import=tsx', 'src/cli.ts', 'audit', 'verify'], {
    cwd: root,
    env: { PATH: process.env['PATH'], AUDIT_FILE: file }
  }).then(
    () => 0,
    (error: unknown) => (error as { code: number }).code
  )
  t.equal(exit, 1)
  writeFileSync(old, text)
  t.match(await run(['verify'], { AUDIT_FILE: file }), { isWhole: true, lines: [/^whole: 12 records/] })
})

t.test('a missing file is found, and a file that the operator renamed is not missing', async (t) => {
  const file = await writeLog()
  const [, middle = ''] = filesOf(file)
  const text = readFileSync(middle)
  rmSync(middle)
  t.match(await problemsIn(file), [/^:1 records 7 to 12 are missing before this line/])
  writeFileSync(middle, text)
  const [first = ''] = filesOf(file)
  renameSync(first, join(dirname(file), 'elsewhere'))
  t.match(await problemsIn(file), [
    /records 1 to 6 are missing before this line, and no record tells of their deletion/
  ])
})

t.test(
  'lines cut off the end are found with the end of the chain that was noted elsewhere, in the log or by the door',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { get, app } = await build(t, { simulator: world, env: { AUDIT_FILE } })
    await get(`${rest}/${person}`)
    await get(`${rest}/${person}`)
    const { nr, hash } = (await (await get('/api/audit/keten')).json()) as { nr: number; hash: string }
    const noted = (await run(['head'], { AUDIT_FILE })).lines[0] ?? ''
    t.equal(noted, `${nr}:${hash}`)
    await app.close()
    t.ok(logged.some((line) => line.includes(`the audit log ends at ${noted}`)))
    t.ok((await run(['verify', '--head', noted], { AUDIT_FILE })).isWhole)
    writeFileSync(AUDIT_FILE, `${linesOf(AUDIT_FILE).slice(0, -1).join('\n')}\n`)
    t.ok((await run(['verify'], { AUDIT_FILE })).isWhole, 'the chain itself does not reveal the cut')
    t.match(await run(['verify', '--head', noted], { AUDIT_FILE }), {
      isWhole: false,
      lines: [/the chain ends at record 3, and record 4 was noted/]
    })
    await t.rejects(run(['verify', '--head', 'x'], { AUDIT_FILE }), /--head must be NR:HASH/)
  }
)

t.test('a chain with a key cannot be rewritten without the key', async (t) => {
  const file = await writeLog({ key: chainKey })
  t.notOk(readFileSync(file, 'utf8').includes(chainKey))
  t.match(await run(['verify'], { AUDIT_FILE: file, AUDIT_CHAIN_KEY: chainKey }), {
    isWhole: true,
    lines: [/hmac-sha256/]
  })
  t.match(
    await problemsIn(file),
    [/the chain has the key [0-9a-f]{16}, which was not given/],
    'the missing key is reported once'
  )
  const keyFile = join(mkdtempSync(join(tmpdir(), 'key-')), 'key')
  writeFileSync(keyFile, `${chainKey}\n`)
  t.ok((await run(['verify', '--file', file, '--key-file', keyFile])).isWhole)
  const [old = ''] = filesOf(file)
  const text = readFileSync(old, 'utf8')
  writeFileSync(old, text.replace('"r1"', '"r7"'))
  t.notOk((await verifyAudit(file, { keys: [chainKey] })).isWhole)
  writeFileSync(old, text)
  const sink = toFile({ path: file, maxBytes: 1e9, now: () => new Date(2026, 1, 15, 13).getTime() })
  await sink.write([read(0)])
  await sink.close()
  t.match(await problemsIn(file, { keys: [chainKey] }), [/goes on without the key/])
  t.throws(() => readAuditSettings({ AUDIT_CHAIN_KEY: 'short' }), /at least 32 characters/)
})

t.test('the chain continues after a restart, after a partial line and after files of an older version', async (t) => {
  const file = auditFile()
  writeFileSync(file, `${read(1)}\n${read(2).slice(0, 50)}${read(3)}\n${read(4).slice(0, 40)}`)
  for (let start = 0; start < 3; start += 1) {
    const sink = toFile({ path: file, maxBytes: 1e9 })
    await Promise.all(Array.from({ length: 20 }, async (_, index) => sink.write([read(index), read(index)])))
    await sink.close()
    appendFileSync(file, '{"time":"2026-02-13T12:00')
  }
  t.match(await problemsIn(file), [/the line is incomplete/])
  const sink = toFile({ path: file, maxBytes: 1e9 })
  await sink.close()
  const result = await verifyAudit(file)
  t.match(result, { isWhole: true, unchained: 2, records: 3 * 41 + 1 })
  t.match((await run(['verify', '--file', file])).lines, [/^2 lines of an older version have no hash/, /^whole/])
})

t.test('files older than AUDIT_KEEP_DAYS are deleted at the start, and the chain records the deletion', async (t) => {
  const file = await writeLog({ files: 4 })
  const [first = '', second = ''] = filesOf(file)
  writeFileSync(`${file}.by-the-operator`, '')
  // Two days after the last record of the first file, and less after that of the second. The clock was set back.
  const now = () => new Date(2026, 1, 16, 11).getTime()
  const env = { AUDIT_FILE: file, AUDIT_KEEP_DAYS: '2' }
  const { get } = await build(t, { simulator: world, now, env })
  await until('the first is deleted', () => !existsSync(first))
  await get(`${rest}/${person}`)
  t.ok(existsSync(second))
  t.ok(existsSync(`${file}.by-the-operator`), 'only files that the gateway rotated are deleted')
  rmSync(`${file}.by-the-operator`)
  t.match(await verifyAudit(file), { isWhole: true, deletedTo: 6 })
  t.match(
    linesOf(file)
      .map((line) => JSON.parse(line) as Json)
      .filter(({ soort }) => soort === 'verwijderd'),
    [
      {
        bestanden: [
          { naam: basename(first), tot: new Date(2026, 1, 13, 12).toISOString(), nr: 6, hash: /^[0-9a-f]{64}$/ }
        ]
      }
    ]
  )
  rmSync(second)
  t.match(await problemsIn(file), [/records 1 to 12 are missing before this line, and no record tells/])
})

t.test('expired files are deleted at midnight too', async (t) => {
  const file = await writeLog({ files: 2 })
  const [first = ''] = filesOf(file)
  const clock = { now: new Date(2026, 1, 15, 23, 59, 59, 700).getTime() }
  const sink = toFile({ path: file, maxBytes: 1e9, keepDays: 3, now: () => clock.now })
  await sink.write([read(1)])
  t.ok(existsSync(first))
  clock.now += 86_400_000
  await until('it is deleted', () => !existsSync(first))
  await sink.close()
  t.match(await verifyAudit(file), { isWhole: true, deletedTo: 6 })
})

t.test('without AUDIT_KEEP_DAYS nothing is deleted', async (t) => {
  const file = await writeLog({ files: 3 })
  const sink = toFile({ path: file, maxBytes: 1e9, now: () => new Date(2036, 1, 16, 13).getTime() })
  await sink.write([read(1)])
  await sink.close()
  t.equal(filesOf(file).length, 4)
  t.ok((await verifyAudit(file)).isWhole)
})

t.test(
  'a group write that fails in the middle leaves its complete entries in the chain, and no part of others',
  { skip },
  async (t) => {
    const disk = mountDisk(t)
    let [written, refused] = [0, 0]
    for (let round = 0; round < 12; round += 1) {
      const file = join(disk.folder, 'audit.ndjson')
      const sink = toFile({ path: file, maxBytes: 1e9 })
      disk.leave(1 + (round % 4))
      const group = Array.from({ length: 40 }, (_, index) => sink.write([read(index), read(index)]))
      const results = await Promise.allSettled(group)
      disk.free()
      await sink.write([read(99)])
      await sink.close()
      const whole = results.filter(({ status }) => status === 'fulfilled').length
      written += whole
      refused += results.length - whole
      t.match(await verifyAudit(file), { isWhole: true, findings: [] })
      t.equal(linesOf(file).filter((line) => line.includes('cvId')).length, 2 * whole + 1)
      rmSync(file)
    }
    t.ok(refused > 0 && written > 0, `${written} were written, ${refused} refused`)
  }
)

t.test(
  'the chain records a partial line that cannot be removed, and any other partial line is found',
  { skip },
  async (t) => {
    const file = await writeLog({ files: 1 })
    appendFileSync(file, '{"time":"2026-02')
    try {
      execFileSync('chattr', ['+a', file])
    } catch {
      t.pass('this file system has no append-only files')
      return
    }
    const sink = toFile({ path: file, maxBytes: 1e9, now: () => new Date(2026, 1, 13, 13).getTime() })
    try {
      await sink.write([read(9)])
    } finally {
      execFileSync('chattr', ['-a', file])
      await sink.close()
    }
    t.ok(linesOf(file).includes('{"time":"2026-02'))
    t.match(await problemsIn(file), [])
    writeFileSync(file, readFileSync(file, 'utf8').replace('{"time":"2026-02\n', '{"time":"2027-02\n'))
    t.match(await problemsIn(file), [/^:7 the line is not a record/])
  }
)

t.test('records on stdout are one chain per process, and a collected log can be verified', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'stdout-')), 'collected.log')
  const out = openSync(file, 'a')
  const sinks = [1, 2].map(() => toStdout({ fd: out }))
  for (const sink of sinks) await sink.declare('{"soort":"beleid","beleid":"0123456789abcdef"}')
  for (let index = 0; index < 30; index += 1) {
    await Promise.all(sinks.map((sink) => sink.write([read(index), read(index)])))
    appendFileSync(file, '{"level":30,"msg":"a line of the log"}\n')
  }
  for (const sink of sinks) await sink.close()
  closeSync(out)
  const chains = [...(await verifyCollected(file)).values()]
  t.match(
    chains,
    [1, 2].map(() => ({ isWhole: true, records: 62, unchained: 0 }))
  )
  const lines = linesOf(file)
  const index = lines.findIndex((line) => line.includes('"r7"'))
  writeFileSync(file, `${lines.toSpliced(index, 1).join('\n')}\n`)
  t.match(await run(['verify', '--file', file, '--stdout']), { isWhole: false })
  t.equal([...(await verifyCollected(file)).values()].filter(({ isWhole }) => isWhole).length, 1)
})

t.test('verification from a day on skips older records, and reports that', async (t) => {
  const file = await writeLog()
  const [first = ''] = filesOf(file)
  writeFileSync(first, readFileSync(first, 'utf8').replace('"r1"', '"r7"'))
  t.notOk((await run(['verify', '--file', file])).isWhole)
  t.match(await run(['verify', '--file', file, '--from', '2026-02-14']), {
    isWhole: true,
    lines: ['records 1 to 6 are not in these files', /^whole: 12 records/]
  })
  await t.rejects(run(['verify', '--file', file, '--from', '2026-02-31']), /date/)
  await t.rejects(run(['verify']), /AUDIT_FILE is not set/)
  await t.rejects(run(['verify', '--file', `${file}-none`]), /no audit record/)
  await t.rejects(run(['vérify', '--file', file]), /is not a task of audit; did you mean 'verify'/)
})

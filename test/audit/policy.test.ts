import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import t from 'tap'
import { veldenOf } from '../../src/access/auditPolicy.ts'
import { verifyAudit } from '../../src/access/auditVerify.ts'
import { sha256 } from '../../src/access/consumers.ts'
import { audit } from '../../src/commands/audit.ts'
import { readAuditSettings } from '../../src/config/audit.ts'
import { readSchema } from '../../src/schema/index.ts'
import { markedFields } from '../../src/schema/policy.ts'
import { builtCli } from '../built.ts'
import { linesIn } from './disk.ts'
import { auditFile, build } from '../helper.ts'
import { runWorkers, until } from '../workers/workers.ts'

type Json = Readonly<Record<string, unknown>>
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
const rest = '/services/openservices/v1/kandidaten'
const world = { vacatures: 20, kandidaten: 30 }
const email = 'NatuurlijkPersoon.email'
const page = readFileSync(new URL('../../docs/functionaris-gegevensbescherming.md', import.meta.url), 'utf8')

/** The records of all files, except a file that is being rotated. */
const recordsIn = (file: string) => {
  try {
    return linesIn(file).map((line) => JSON.parse(line) as Json)
  } catch {
    return []
  }
}
const policiesIn = (file: string) => recordsIn(file).filter(({ soort }) => soort === 'beleid')
const entry = (name: string, scopes: string[]) => ({ name, sha256: sha256(`${name}-key`), scopes })
const without = (name: string, ...rest: ReturnType<typeof entry>[]) => rest.filter((one) => one.name !== name)
const all = ['vacatures', 'kandidaten', 'kandidaten:contact', 'beheer']
const dayOf = (date: Date) =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`

t.test('the policy has every personal field, with the scopes that open it on any path from the roots', async (t) => {
  const velden = veldenOf(readSchema())
  const keysOf = (field: string) => Object.keys(velden).filter((key) => velden[key]?.includes(field))
  t.strictSame(
    [email, 'Kandidaat.cvId', 'Kandidaat.id', 'Contactpersoon.naam', 'KandidaatWijziging.cvId'].map(keysOf),
    [['kandidaten kandidaten:contact'], ['kandidaten'], ['kandidaten'], ['vacatures vacatures:contact'], ['kandidaten']]
  )
  for (const { type, field, scope } of markedFields(readSchema())) {
    const keys = keysOf(`${type.name}.${field.name}`)
    t.ok(keys.length > 0 && keys.every((key) => key.split(' ').includes(scope)), `${type.name}.${field.name}`)
  }
})

t.test('the policy of each consumer equals the fields in its answers', async (t) => {
  const AUDIT_FILE = auditFile()
  const { get, query } = await build(t, { simulator: world, env: { AUDIT_FILE } })
  const today = dayOf(new Date())
  const ways = {
    [email]: `{ it: kandidaat(id: "${person}") { natuurlijkPersoon { it: email } } }`,
    'Werkervaring.functieTitel': `{ it: kandidaat(id: "${person}") { ervaringen { it: functieTitel } } }`,
    'NatuurlijkPersoon.voornaam': `{ it: kandidaat(id: "${person}") { natuurlijkPersoon { it: voornaam } } }`
  }
  for (const [field, text] of Object.entries(ways)) {
    const shown: string[] = []
    for (const key of ['demo-beheer', 'demo-cv', 'demo-frontend', 'demo-hr'])
      if (/"it":"/.test(JSON.stringify(await query(text, {}, key)))) shown.push(key)
    const found = (await (await get(`/api/audit/toegang?veld=${field}&dag=${today}`)).json()) as {
      consumenten: { naam: string }[]
    }
    t.strictSame(
      found.consumenten.map(({ naam }) => naam),
      shown,
      field
    )
    t.ok(shown.length > 0 && shown.length < 4)
  }
})

t.test(
  'each change of the consumers is recorded: the door and the command show who could see a field on a day',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const CONSUMERS_FILE = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
    const [team, cv, late] = [entry('team', all), entry('cv', ['kandidaten']), entry('late', all)]
    const replace = (consumers: unknown) => writeFileSync(CONSUMERS_FILE, JSON.stringify(consumers))
    replace([team, cv])
    const clock = { now: new Date(2026, 1, 13, 10).getTime() }
    const { get } = await build(t, { simulator: world, now: () => clock.now, env: { AUDIT_FILE, CONSUMERS_FILE } })
    const at = (day: number, hour: number) => new Date(2026, 1, day, hour).toISOString()
    const ask = async (veld: string, dag: string, key = 'team-key') => {
      const answer = await get(`/api/audit/toegang?veld=${veld}&dag=${dag}`, { key })
      return { status: answer.status, body: (await answer.json()) as Json }
    }
    await get(`${rest}/${person}`, { key: 'team-key' })
    clock.now = new Date(2026, 1, 13, 15).getTime()
    replace([team, cv, late])
    await until('the change is on record', () => policiesIn(AUDIT_FILE).length === 2)
    clock.now = new Date(2026, 1, 14, 9).getTime()
    replace(without('late', team, cv, late))
    await until('the second change is on record', () => recordsIn(AUDIT_FILE).some(({ time }) => time === at(14, 9)))
    await get(`${rest}/${person}`, { key: 'team-key' })

    clock.now = new Date(2026, 1, 14, 20).getTime()
    const first = await ask(email, '2026-02-13')
    t.match(first, {
      status: 200,
      body: {
        veld: email,
        scopes: ['kandidaten kandidaten:contact'],
        volledig: false,
        consumenten: [
          { naam: 'late', van: at(13, 15), tot: at(14, 0) },
          { naam: 'team', van: at(13, 10), tot: at(14, 0) }
        ],
        lezers: [{ naam: 'team', records: 1 }],
        uitgevers: []
      }
    })
    t.match((await ask(email, '2026-02-14')).body, {
      volledig: true,
      consumenten: [
        { naam: 'late', van: at(14, 0), tot: at(14, 9) },
        { naam: 'team', van: at(14, 0), tot: at(14, 20) }
      ]
    })
    t.match((await ask('Kandidaat.cvId', '2026-02-14')).body, { consumenten: [{}, {}, {}] })
    t.match((await ask(email, '2026-02-12')).body, { volledig: false, beleid: [], consumenten: [] })
    const lines: string[] = []
    const command = (...args: string[]) =>
      audit(['access', ...args], readAuditSettings({ AUDIT_FILE }), (line) => lines.push(line))
    await t.rejects(command('--field', 'Kandidaat.naam', '--day', '2026-02-13'), { name: 'ConfigError' })
    t.ok(await command('--field', email, '--day', '2026-02-13', '--json'))
    t.strictSame(JSON.parse(lines[0] ?? ''), first.body)
    t.ok(await command('--field', email, '--day', '2026-02-13'))
    t.match(lines.slice(1), [
      /needed kandidaten and kandidaten:contact/,
      /could see it: late from/,
      /: team from/,
      /part of the day/,
      /read .*: team, 1 records/
    ])
    for (const [veld, dag] of [
      ['Kandidaat.naam', '2026-02-13'],
      [email, '2026-02-30'],
      [email, 'x'],
      ['', '2026-02-13']
    ] as const)
      t.match(await ask(veld, dag), { status: 400, body: { code: 'BAD_USER_INPUT' } }, `${veld} ${dag}`)
    for (const path of [`toegang?veld=${email}&dag=2026-02-13`, 'keten'])
      t.equal((await get(`/api/audit/${path}`, { key: 'cv-key' })).status, 403, path)
    const text = JSON.stringify(recordsIn(AUDIT_FILE))
    for (const one of [team, cv, late]) t.notOk(text.includes(one.sha256), 'the answer contains no hash of a key')
    t.ok((await verifyAudit(AUDIT_FILE)).isWhole)
  }
)

t.test('a change of the consumers is one policy for all workers', async (t) => {
  const AUDIT_FILE = auditFile()
  const CONSUMERS_FILE = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(CONSUMERS_FILE, JSON.stringify([entry('team', all)]))
  const gateway = await runWorkers(t, { AUDIT_FILE, CONSUMERS_FILE })
  writeFileSync(CONSUMERS_FILE, JSON.stringify([entry('team', all), entry('cv', ['kandidaten'])]))
  const [one, two] = await gateway.each()
  for (const worker of [one, two])
    await until(
      'it knows the new consumer',
      async () => (await worker?.ask(`${rest}/${person}`, { key: 'cv-key' }))?.status === 200
    )
  const policies = policiesIn(AUDIT_FILE)
  t.equal(policies.length, 2)
  t.strictSame(
    [...new Set(recordsIn(AUDIT_FILE).flatMap(({ consumer, beleid }) => (consumer === 'cv' ? [beleid] : [])))],
    [policies[1]?.['beleid']]
  )
  t.match(await verifyAudit(AUDIT_FILE), { isWhole: true, files: 1 })
})

const isCurl = (command: string) => command.startsWith('curl')

for (const WORKERS of ['1', '2'])
  t.test(`on the default start, every command of the officer's page runs: WORKERS=${WORKERS}`, async (t) => {
    const cli = builtCli()
    const child = spawn(process.execPath, [cli], {
      env: { PATH: process.env['PATH'], PORT: '0', WORKERS, FEED_INTERVAL_MS: '0' },
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    t.teardown(async () => {
      child.kill('SIGTERM')
      await ended
    })
    const lines: string[] = []
    createInterface(child.stdout).on('line', (line) => lines.push(line))
    const found = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).find((one) => one !== undefined)
    const isUp = () => found(/the gateway listens on ([^" ]+)/) !== undefined
    await until('it listens', isUp)
    const url = found(/the gateway listens on ([^" ]+)/) ?? ''
    const file = found(/audit records of this simulator go to ([^;]+);/) ?? ''
    t.strictSame([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777], [0o600, 0o700])
    const seen = /kandidaten\/([0-9a-f-]{36})/.exec(page)?.[1] ?? ''
    const headers = { 'x-api-key': 'demo-hr', 'x-doel': 'toets' }
    t.equal((await fetch(`${url}${rest}/${seen}`, { headers })).status, 200)
    const commands = [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].flatMap(([, text = '']) =>
      text.trim().split('\n')
    )
    t.equal(commands.length, 6)
    const outputs: string[] = []
    for (const command of commands) {
      const { stdout } = await promisify(execFile)(
        'bash',
        [
          '-c',
          command
            .trim()
            .replace('http://127.0.0.1:3000', url)
            .replace('vdab-gateway', `${process.execPath} ${cli}`)
            .replace('2026-11-28', dayOf(new Date()))
        ],
        { env: { PATH: process.env['PATH'], AUDIT_FILE: file } }
      )
      outputs.push(stdout)
      if (isCurl(command)) t.notMatch(stdout, /"code"/, command)
    }
    const [saw = '', could = '', access, verified, noted, forgotten] = outputs
    t.match(JSON.parse(saw), { resultaten: [{ consumer: 'demo-hr', doel: 'toets', cvId: seen }], volgende: null })
    t.match(JSON.parse(could), {
      consumenten: [{ naam: 'demo-beheer' }, { naam: 'demo-hr' }],
      lezers: [{ naam: 'demo-hr' }]
    })
    t.match(access, /could see it: demo-hr from/)
    t.match(verified, /^whole: \d+ records \(sha256\) in 1 files/)
    t.match(noted, /^\d+:[0-9a-f]{64}\n$/)
    t.equal(forgotten, '')
  })

import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import sqlite from 'node-sqlite3-wasm'
import t from 'tap'
import { runWithKills } from '../../bench/sqlite-copy.ts'
import { build } from '../helper.ts'

const example = fileURLToPath(new URL('../../examples/sqlite-copy/copy.mjs', import.meta.url))
const newFile = () => join(mkdtempSync(join(tmpdir(), 'sqlite-copy-')), 'copy.sqlite')

type Ended = { status: number; out: string; err: string }
/** Runs the example until the copy is up to date or the example fails. */
const run = (gateway: string, db: string, key = 'demo-hr') =>
  new Promise<Ended>((resolve) => {
    execFile(
      process.execPath,
      [example, '--gateway', gateway, '--key', key, '--db', db, '--once'],
      (error, out, err) => {
        resolve({ status: error === null ? 0 : Number(error.code), out, err })
      }
    )
  })

const rowsOf = (db: string, table = 'vacatures') => {
  const database = new sqlite.Database(db, { readOnly: true })
  try {
    return database.all(`SELECT * FROM ${table}`)
  } finally {
    database.close()
  }
}
const titleIn = (db: string, id: string) => {
  const json = rowsOf(db).find((row) => row['id'] === id)?.['json']
  return typeof json === 'string'
    ? (JSON.parse(json) as { functie: { functieTitel: string } }).functie.functieTitel
    : undefined
}

void t.test(
  "the copy equals the simulator's data after 500 changes, 4 kills of the consumer and 2 of the gateway",
  async (t) => {
    const found = await runWithKills({
      vacatures: 600,
      changes: 500,
      pauseMs: 8,
      consumerKills: 4,
      gatewayKills: 2,
      callsPerMinute: 900
    })
    t.comment(JSON.stringify(found))
    const { published, copied, differing, missing, superfluous, consumerStarts, gatewayStarts } = found
    t.same(
      { copied, differing, missing, superfluous, consumerStarts, gatewayStarts },
      { copied: published, differing: 0, missing: 0, superfluous: 0, consumerStarts: 5, gatewayStarts: 3 }
    )
  }
)

void t.test('when a page of changes reports a record, the cache no longer serves its old version', async (t) => {
  const { get, simulator } = await build(t, { simulator: { vacatures: 60, kandidaten: 10 } })
  const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
  const detail = async () =>
    ((await (await get(`/services/openservices/v2/vacatures/${id}`)).json()) as { functie: { functieTitel: string } })
      .functie.functieTitel
  const changes = async (sinds?: string) =>
    (await (await get(`/api/vacatures/wijzigingen${sinds === undefined ? '' : `?sinds=${sinds}`}`)).json()) as {
      wijzigingen: { interneReferentie: string }[]
      cursor: string
    }
  const { cursor } = await changes()
  const before = await detail()
  await simulator.patch(`vacatures/${id}`, { functie: { functieTitel: 'Aankoper staal' } })
  t.equal(await detail(), before, 'the cache does not have the change yet')
  t.ok((await changes(cursor)).wijzigingen.some(({ interneReferentie }) => interneReferentie === id))
  t.equal(await detail(), 'Aankoper staal')
})

void t.test(
  'the example takes a copy, follows the changes, and takes a new copy when its changes are no longer available',
  async (t) => {
    let time = Date.now()
    const { url, simulator } = await build(t, {
      simulator: { vacatures: 60, kandidaten: 10 },
      now: () => time
    })
    const [db, id, other] = [newFile(), 'a3e007c0-68d3-4fb7-aa35-c36e96ede172', '9d86dbb5-3cba-4ef5-9172-38c0e6782746']
    t.match(await run(url, db), { status: 0, out: /a new export\n.*the copy holds \d+ vacancies\n/ })
    const count = rowsOf(db).length

    await simulator.patch(`vacatures/${id}`, { functie: { functieTitel: 'Een' } })
    await simulator.remove(`vacatures/${other}`)
    time += 1000
    const { status, out } = await run(url, db)
    t.same(
      [status, out.includes('export'), titleIn(db, id), titleIn(db, other), rowsOf(db).length],
      [0, false, 'Een', undefined, count - 1]
    )

    await simulator.patch(`vacatures/${id}`, { functie: { functieTitel: 'Twee' } })
    time += 6 * 86_400_000
    t.match(await run(url, db), { status: 0, out: /410.*\n.*a new export\n/ })
    t.equal(titleIn(db, id), 'Twee')
  }
)

/** A gateway that sends what `answer` returns, for invalid answers that the real one never sends. */
const gatewayThat = async (t: { teardown(done: () => Promise<unknown>): void }, answer: RequestListener) => {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
}

const idAt = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const lineAt = (index: number) =>
  `${JSON.stringify({ vacatureReferentie: { interneReferentie: idAt(index) }, status: 'GEPUBLICEERD' })}\n`
const firstLine = `${JSON.stringify({ versie: 1, moment: 'now', cursor: 'begin' })}\n`
const closed = (text: string, last: object) =>
  `${text}${JSON.stringify({ compleet: true, aantal: text.split('\n').length - 2, sha256: createHash('sha256').update(text).digest('hex'), cursor: 'begin', ...last })}\n`

void t.test('an interrupted export is resumed, and one with a wrong checksum is taken again', async (t) => {
  const requested: string[] = []
  const whole = closed(firstLine + lineAt(1) + lineAt(2) + lineAt(3), {})
  const answers: [string, boolean][] = [
    [firstLine + lineAt(1) + lineAt(2), true], // interrupted
    [closed(`${firstLine}     ${lineAt(3)}`, { aantal: 2 }), false], // wrong count
    [whole.replace('GEPUBLICEERD', 'GEPUBLICEERE'), false], // modified in transit
    [whole.slice(0, whole.lastIndexOf('{')), false], // complete, but without a last line
    [closed(`${firstLine}     ${lineAt(4)}${lineAt(5)}`, { compleet: false, ontbreekt: [idAt(6)] }), false]
  ]
  const url = await gatewayThat(t, (request, response) => {
    const path = request.url ?? ''
    if (path.startsWith('/api/vacatures/export')) {
      requested.push(path)
      const [body, isCut] = answers.shift() ?? ['', true]
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.write(body, () => {
        if (isCut) response.destroy()
        else response.end()
      })
    } else if (path.startsWith('/api/vacatures/wijzigingen'))
      response.end(JSON.stringify({ wijzigingen: [], cursor: 'later', meer: false }))
    else response.writeHead(502).end('{}')
  })
  const db = newFile()
  const ended = await run(url, db)
  const again = `/api/vacatures/export?na=${idAt(2)}&sinds=begin`
  t.same(requested, [
    '/api/vacatures/export',
    again,
    '/api/vacatures/export',
    '/api/vacatures/export',
    `/api/vacatures/export?na=${idAt(3)}&sinds=begin`
  ])
  t.match(ended, { status: 0, out: /the copy holds 5 vacancies, and 1 could not be fetched yet/ })
  t.same(
    rowsOf(db).map(({ id }) => id),
    [1, 2, 3, 4, 5].map(idAt)
  )
  t.same(rowsOf(db, 'uitgesteld'), [{ id: idAt(6) }], 'the missing vacancy is queued for another request')
})

void t.test(
  'a second process on the same file is refused, and the lock of a killed process is taken over',
  async (t) => {
    const { url } = await build(t, {
      simulator: { vacatures: 60, kandidaten: 10 }
    })
    const db = newFile()
    const first = spawn(process.execPath, [example, '--gateway', url, '--key', 'demo-hr', '--db', db], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    await once(first.stdout, 'data')
    t.match(await run(url, db), { status: 1, err: /is in use by process/ })
    first.kill('SIGKILL')
    await once(first, 'exit')
    const left = `${db}.${String(first.pid)}.pid`
    t.ok(existsSync(left))
    if (!existsSync(`${db}.lock`)) mkdirSync(`${db}.lock`)
    t.match(await run(url, db), { status: 0 })
    t.notOk(existsSync(left))
    t.match(await run(url, db, 'wrong'), { status: 1, err: /401/ })
  }
)

/** A process that opens a given copy on command and reports the result; the next command closes it. */
const contender = `
  const { openStore } = await import(process.env.STORE)
  let store
  process.on('message', ({ db, at }) => {
    store?.close()
    store = undefined
    while (Date.now() < at);
    try {
      if (db) store = openStore(db)
      process.send(store ? 'open' : 'closed')
    } catch (error) {
      process.send(error.message)
    }
  })
  process.on('disconnect', () => process.exit())
  process.send('ready')
`

void t.test('of many processes that start at once after a kill, exactly one gets the file', async (t) => {
  const contenders = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', contender], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, STORE: fileURLToPath(new URL('store.mjs', pathToFileURL(example))) }
    })
  )
  t.teardown(() => {
    for (const one of contenders) one.disconnect()
  })
  const heard = () => Promise.all(contenders.map(async (one) => String((await once(one, 'message'))[0])))
  const tell = async (told: { db?: string; at?: number }) => {
    const answers = heard()
    for (const one of contenders) one.send(told)
    return answers
  }
  await heard()
  const dead = 2 ** 30 // above any process id of the system
  for (let round = 0; round < 40; round += 1) {
    const db = newFile()
    writeFileSync(`${db}.${dead}.pid`, round % 2 === 0 ? 'open' : '')
    mkdirSync(`${db}.lock`)
    const answers = await tell({ db, at: Date.now() + 20 })
    t.equal(answers.filter((answer) => answer === 'open').length, 1, `round ${round}: ${answers.join('; ')}`)
    t.equal(answers.filter((answer) => answer.includes('is in use by process')).length, contenders.length - 1)
    await tell({})
    t.same(
      readdirSync(dirname(db)).filter((name) => name.endsWith('.pid')),
      []
    )
  }
})

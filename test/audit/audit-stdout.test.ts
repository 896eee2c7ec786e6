import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { createSimulator } from '../../src/simulator/server.ts'
import { builtCli } from '../built.ts'
import type { Left } from './disk.ts'
import { generous, lacking, mountDisk, parse, peopleIn, recordsIn, withoutDisk } from './disk.ts'
import { until } from '../workers/workers.ts'

const rest = '/services/openservices/v1/kandidaten'
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
const vacature = '/services/openservices/v2/vacatures/aaaaaaaa-0000-4000-8000-000000000001'
const skip = withoutDisk ?? false

/** A free port. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** The gateway without AUDIT_FILE, writing its records to `stdout`. */
const runOn = async (t: { teardown(done: () => unknown): void }, stdout: 'pipe' | number) => {
  const cli = builtCli()
  const simulator = createSimulator({ vacatures: 20, kandidaten: 200 })
  const base = await simulator.listen()
  const port = await freePort()
  const child = spawn(process.execPath, [cli], {
    env: {
      PATH: process.env['PATH'],
      VDAB_URL: base,
      VDAB_API_KEY: 'any',
      PORT: String(port),
      FEED_INTERVAL_MS: '0',
      ...generous,
      LOG_LEVEL: 'silent'
    },
    stdio: ['ignore', stdout, 'inherit']
  })
  const ended = new Promise((resolve) => {
    child.once('exit', resolve)
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
    await simulator.close()
  })
  const ask = async (path: string, requestId: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { 'x-api-key': 'demo-beheer', 'x-doel': 'a test', 'x-request-id': requestId }
    })
    return { status: answer.status, text: await answer.text() }
  }
  await until('it answers', () =>
    ask('/health/live', 'first').then(
      () => true,
      () => false
    )
  )
  return { child, ask }
}

t.test(
  'records on stdout, redirected to a file on a full disk, are complete before their answers are sent',
  { skip },
  async (t) => {
    const disk = mountDisk(t)
    const file = join(disk.folder, 'audit.log')
    const out = openSync(file, 'w')
    const { ask } = await runOn(t, out)
    closeSync(out)
    disk.leave(3)
    const left: Left[] = []
    const askSome = async (name: string) => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, async (_, index) => ({
          requestId: `${name}-${index}`,
          ...(await ask(`${rest}?aantal=2`, `${name}-${index}`))
        }))
      )
      left.push(...answers.map(({ requestId, text }) => ({ requestId, people: peopleIn(text) })))
      return answers.map(({ status }) => status)
    }
    t.strictSame(new Set(await askSome('full')), new Set([200, 503]))
    t.strictSame(lacking(left, recordsIn(file)), [])
    disk.free()
    t.strictSame(new Set(await askSome('room')), new Set([200]), 'records are written again as soon as there is space')
    t.strictSame(lacking(left, recordsIn(file)), [])
  }
)

t.test(
  'without a reader of stdout, personal data is refused, vacancies are answered, and the process stays alive',
  async (t) => {
    const { child, ask } = await runOn(t, 'pipe')
    child.stdout?.destroy()
    for (let round = 0; round < 3; round += 1) {
      t.equal((await ask(`${rest}/${person}`, 'none')).status, 503)
      t.equal((await ask(vacature, 'none')).status, 200)
    }
    t.equal(child.exitCode, null)
  }
)

t.test('a personal answer waits while stdout is full, and no other request waits', async (t) => {
  const { child, ask } = await runOn(t, 'pipe')
  const answers = Array.from({ length: 12 }, async (_, index) => ask(`${rest}?aantal=100`, `waits-${index}`))
  let answered = 0
  for (const answer of answers)
    void answer.then(() => {
      answered += 1
    })
  for (let round = 0; round < 20; round += 1) t.equal((await ask(vacature, 'meanwhile')).status, 200)
  t.ok(answered < answers.length, `${answered} answers before stdout was full`)
  let text = ''
  child.stdout?.on('data', (part: Buffer) => {
    text += part.toString()
  })
  const left = (await Promise.all(answers)).map((answer, index) => ({
    requestId: `waits-${index}`,
    people: peopleIn(answer.text)
  }))
  t.strictSame(
    left.map(({ people }) => people.length),
    answers.map(() => 100)
  )
  await until(
    'they are read',
    () =>
      lacking(
        left,
        text.split('\n').flatMap((line) => parse(line) ?? [])
      ).length === 0
  )
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { read } from './start.ts'

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const scenario = fileURLToPath(new URL('../../examples/scenarios/brown-out.json', import.meta.url))

/** Runs the command until it listens or ends; returns its output, and its exit code when it ended. */
const simulate = async (test: Test, ...args: string[]) => {
  const child = spawn(process.execPath, ['--import=tsx', cli, 'simulate', '--port', '0', '--vacatures', '50', ...args])
  const ended = once(child, 'exit') as Promise<[number | null]>
  test.teardown(async () => {
    child.kill()
    await ended
  })
  let [out, err] = ['', '']
  child.stderr.on('data', (chunk) => (err += String(chunk)))
  const listening = new Promise<undefined>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
      if (out.includes('control API')) resolve(undefined)
    })
  })
  const code = (await Promise.race([listening, ended]))?.[0]
  return { out, err, code }
}

t.test('simulate accepts a profile, a plain world and a scenario, and prints how to get a token', async (t) => {
  const { out } = await simulate(t, '--profile', 'v4', '--plain', '--scenario', scenario, '--totals', 'aantal')
  const [, base = ''] = /listens on (\S+) /.exec(out) ?? []
  const [, url = '', id = '', secret = ''] = /token endpoint: (\S+) \(client (\S+), secret (\S+)\)/.exec(out) ?? []
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const { access_token: token } = await read<{ access_token: string }>(fetch(url, { method: 'POST', body }))
  const headers = { 'x-ibm-client-id': 'any', authorization: `Bearer ${token}` }
  const list = await read<{ aantal: number }>(fetch(`${base}/openservices/vacatures/v4/vacatures`, { headers }))
  t.strictSame(Object.keys(list), ['aantal', 'resultaten'])
  t.match(await read(fetch(new URL('/_simulator/script', base))), { name: 'brown-out', step: 1 })
  const bulk = 'vacatures/v4/vacatures/aaaaaaaa-0000-4000-8000-000000000002'
  t.ok(
    Object.keys(await read<object>(fetch(`${base}/openservices/${bulk}`, { headers }))).length > 10,
    'the world is plain'
  )
})

t.test('simulate refuses an unknown flag or scenario, in one line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const wrong: [string[], string][] = [
    [['--profile', 'v3'], '--profile must be one of v2, v4, both'],
    [['--totals', 'geen'], '--totals must be one of both, totaalAantalResultaten, aantal'],
    [['--scenario', join(folder, 'nowhere')], `--scenario: ${join(folder, 'nowhere')} cannot be read`],
    [['--scenario', file('text', 'no JSON')], `--scenario: ${join(folder, 'text')} is not valid JSON`],
    [['--scenario', file('step', '[{"forMs":0}]')], '--scenario: step 1: forMs must be a number from 1 to 604800000']
  ]
  for (const [args, problem] of wrong) {
    const { code, err } = await simulate(t, ...args)
    t.strictSame([code, err], [1, `The settings are not right:\n  - ${problem}\n`])
  }
})

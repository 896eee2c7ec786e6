import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import fc from 'fast-check'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { test } from 'tap'
import { parse } from 'yaml'
import { build } from '../helper.ts'
import { document as committed, inspectorOf, type Parameter } from './description.ts'

type Json = Record<string, unknown>
const root = new URL('../../', import.meta.url)
const calm = {
  REQUESTS_PER_MINUTE: '100000',
  COST_PER_MINUTE: '1000000000',
  CVS_PER_DAY: '1000000',
  REFUSAL_DELAY_MS: '0'
}

test('the description is public, in JSON and in YAML, and equals the committed one', async (t) => {
  const { url } = await build(t)
  const served = await fetch(`${url}/openapi.json`)
  t.strictSame([served.status, await served.json()], [200, committed])
  t.strictSame(parse(await (await fetch(`${url}/openapi.yaml`)).text()), committed)
  t.equal(committed.openapi, '3.1.0')
})

test('Spectral and Redocly report nothing for openapi.json', async (t) => {
  const run = (name: string, ...args: string[]) => {
    const text = execFileSync(new URL(`node_modules/.bin/${name}`, root).pathname, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    })
    return text
  }
  t.match(run('spectral', 'lint', 'openapi.json', '--fail-severity=hint'), /No results/)
  t.notMatch(run('redocly', 'lint', 'openapi.json'), /warning/)
})

const odd = [
  '',
  ' ',
  '-1',
  '0',
  '201',
  '1e3',
  '99999999999',
  'null',
  '%00',
  '../..',
  "';--",
  '{}',
  'é',
  'x'.repeat(300)
]
const known: Readonly<Record<string, readonly string[]>> = {
  id: ['a3e007c0-68d3-4fb7-aa35-c36e96ede172', 'a3e007c0-68d3-4fb7-aa35-c36e96ede173', 'NOT_FOUND-1'],
  jobdomein: ['JOBCAT10', 'JOBCAT01'],
  postcode: ['2000', '1930'],
  velden: ['id', 'functie', 'functie,status', 'cvId', 'natuurlijkPersoon.gsm'],
  van: [new Date(Date.now() - 86_400_000).toISOString()],
  lijst: ['TALEN', 'JOBDOMEINEN'],
  code: ['N', 'JOBCAT10']
}
const valuesOf = ({ name, schema }: Parameter) => {
  const items = (schema['items'] ?? schema) as Json
  const allowed = Array.isArray(items['enum']) ? (items['enum'] as string[]) : []
  const numbers = items['type'] === 'integer' ? ['1', '2', '5'] : items['type'] === 'boolean' ? ['true', 'false'] : []
  const right = [...(known[name] ?? []), ...allowed, ...numbers]
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...(right.length > 0 ? right : ['x'])) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...odd), fc.string({ maxLength: 20 })) }
  )
}

test('every parameter value gets an answer that the description documents', async (t) => {
  const gateway = await build(t, { env: calm })
  const inspect = inspectorOf(committed)
  const streamed = new Set(['/api/vacatures/export'])
  const operations = Object.entries(committed.paths).flatMap(([path, { get }]) =>
    get && path.startsWith('/api/') && !streamed.has(path) ? [{ path, get }] : []
  )
  const asked = new Set<number>()
  for (const { path, get: operation } of operations) {
    const parameters = (operation.parameters ?? []).filter((parameter) => !parameter.$ref && parameter.in !== 'header')
    const arbitraries = Object.fromEntries(
      parameters.map((parameter) => [
        parameter.name,
        parameter.required ? valuesOf(parameter) : fc.option(valuesOf(parameter), { nil: undefined, freq: 2 })
      ])
    )
    await fc.assert(
      fc.asyncProperty(
        fc.record(arbitraries),
        fc.constantFrom('demo-beheer', 'demo-frontend', 'nobody'),
        async (values, key) => {
          const given = values as Record<string, string | undefined>
          let address = path
          const search = new URLSearchParams()
          for (const { name, in: place } of parameters) {
            const value = given[name]
            if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(value ?? 'x') || 'x')
            else if (value !== undefined) search.append(name, value)
          }
          if (address.includes('..') || address.includes('%2F..')) return
          const response = await gateway.get(`${address}?${search.toString()}`, { key })
          asked.add(response.status)
          const finding = inspect(
            path,
            'get',
            response.status,
            response.headers.get('content-type') ?? '',
            await response.text()
          )
          if (finding !== undefined || response.status >= 500)
            throw new Error(`${address}?${search.toString()}: ${finding ?? response.status}`)
        }
      ),
      { numRuns: 40, seed: 14 }
    )
  }
  t.strictSame([...asked].sort(), [200, 400, 401, 403, 404])
})

test('the typed client generated from the description compiles and works', async (t) => {
  const gateway = await build(t, { env: calm })
  const run = async (name: string, ...args: string[]) =>
    (
      await promisify(execFile)(new URL(`node_modules/.bin/${name}`, root).pathname, args, {
        cwd: root,
        env: { ...process.env, GATEWAY: gateway.url, KEY: 'demo-frontend' }
      })
    ).stdout
  const generated = join(t.testdir(), 'api.d.ts')
  await run('openapi-typescript', 'openapi.json', '-o', generated)
  const example = 'examples/client-rest'
  t.equal(
    readFileSync(generated, 'utf8'),
    readFileSync(new URL(`${example}/api.d.ts`, root), 'utf8'),
    'it is up to date'
  )
  const options = '--noEmit --strict --module nodenext --target es2022 --skipLibCheck --allowImportingTsExtensions'
  await run('tsc', ...options.split(' '), '--types', 'node', `${example}/client.ts`)
  t.equal((await run('tsx', `${example}/client.ts`)).trim().split('\n').length, 6)
})

const executable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser'].map((name) => join(folder, name)))
  .find((file) => {
    try {
      return readFileSync(file).length > 0
    } catch {
      return false
    }
  })

test(
  'the page of the description works in a browser without any other origin, and on a small screen',
  { skip: executable ? false : 'chromium is not on PATH' },
  async (t) => {
    const { url } = await build(t, { env: calm })
    const browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox'] })
    t.teardown(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
    const others: string[] = []
    const violations: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) others.push(request.url())
    })
    page.on('console', (message) => {
      if (message.type() === 'error') violations.push(message.text())
    })
    await page.goto(`${url}/docs`)
    await page.locator('.opblock').first().waitFor()
    t.equal(await page.title(), 'API of the VDAB gateway')
    t.ok((await page.locator('.opblock').count()) > 20)
    const width = await page.evaluate('document.documentElement.scrollWidth')
    t.ok(Number(width) <= 390, `${String(width)} px are wide enough`)
    await page.locator('#operations-referenties-referentielijsten .opblock-summary-control').click()
    await page.locator('.try-out__btn').click()
    await page.locator('.btn.authorize').first().click()
    await page.locator('.auth-container input').first().fill('demo-frontend')
    await page.locator('.auth-container .authorize').first().click()
    await page.locator('.btn-done').first().click()
    await page.locator('.execute').click()
    await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).first().waitFor()
    if (process.env['SHOT']) await page.screenshot({ path: process.env['SHOT'], fullPage: false })
    t.strictSame([others, violations], [[], []])
  }
)

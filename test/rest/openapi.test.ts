import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { test } from 'tap'
import { parse } from 'yaml'
import { build } from '../helper.ts'
import { document as committed } from './description.ts'

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

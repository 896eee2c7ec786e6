import { createHash } from 'node:crypto'
import t from 'tap'
import { skip, visit } from '../browser.ts'
import { markIn } from '../canary.ts'
import { build, hasLabels, vdabKey, type Built } from '../helper.ts'

t.setTimeout(120_000)

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const known = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'

/** Sends requests of every kind, with errors and personal data among them. */
const use = async ({ query, get }: Built) => {
  for (let index = 0; index < 4; index += 1)
    await query('{ vacatures(first: 20) { nodes { id functie { functieTitel } } } }')
  await query(
    '{ kandidaten(first: 2) { nodes { id natuurlijkPersoon { achternaam email gsm } } } }',
    undefined,
    'demo-hr'
  )
  await get(`/api/vacatures/${known}`, { key: 'demo-frontend' })
  await get('/api/vacatures/SECRET', { key: 'demo-frontend', headers: { 'x-doel': 'SECRET' } })
  await get('/api/kandidaten', { key: 'demo-frontend' })
  await get('/api/vacatures', { key: 'SECRET' })
}

t.test('the status page shows the state as HTML and as JSON, and no content of requests', async (t) => {
  const gateway = await build(t)
  await use(gateway)
  const json = await fetch(`${gateway.url}/status`)
  t.match(json.headers.get('content-type'), 'application/json')
  const facts: unknown = await json.json()
  t.match(facts, {
    status: 'ok',
    simulator: true,
    workers: 1,
    upstream: { status: 'ok' },
    feeds: { vacatures: { healthy: false, reason: 'off' } },
    caches: { records: { maxBytes: 160 * 1024 * 1024 } },
    activity: {
      cost: { 'demo-beheer': { minute: Number }, 'demo-hr': { hour: Number } },
      errors: { NOT_FOUND: { hour: 1 }, UNAUTHENTICATED: { minute: 1 }, FORBIDDEN: { hour: 1 } },
      lookups: { vacature: { miss: Number } }
    }
  })
  const page = await fetch(`${gateway.url}/status`, { headers: { accept: browser } })
  const text = await page.text()
  t.equal(page.headers.get('cache-control'), 'no-store')
  for (const words of ['serves requests', 'demo-beheer', 'NOT_FOUND', 'vacaturesOpId', 'http-equiv="refresh"'])
    t.match(text, words, words)
  t.match(text, hasLabels ? 'granted' : 'not used in this profile')
  const [, style = ''] = /<style>([^]*?)<\/style>/.exec(text) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  t.match(page.headers.get('content-security-policy'), `default-src 'none'; style-src 'sha256-${hash}'`)
  for (const said of [text, JSON.stringify(facts)]) {
    t.notMatch(said, /SECRET|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|<script/)
    t.notMatch(said, vdabKey)
    t.equal(markIn(said), undefined)
  }
})

t.test('the sums of the last minute and hour expire after a minute and an hour', async (t) => {
  let time = Date.now()
  const gateway = await build(t, { now: () => time })
  await gateway.query('{ __typename }')
  const costs = async () => {
    const { activity } = (await (await fetch(`${gateway.url}/status`)).json()) as {
      activity: { cost: Record<string, { minute: number; hour: number }> }
    }
    return activity.cost['demo-beheer']
  }
  t.match(await costs(), { minute: 1, hour: 1 })
  time += 61_000
  t.match(await costs(), { minute: 0, hour: 1 })
  time += 3_600_000
  t.equal(await costs(), undefined)
})

t.test('a browser shows the status page in light and dark mode, also on a phone', { skip }, async (t) => {
  const gateway = await build(t)
  await use(gateway)
  const { url } = gateway
  for (const [width, colorScheme] of [
    [390, 'light'],
    [1280, 'dark']
  ] as const) {
    const { page, complaints, strangers } = await visit(t, url, `${url}/status`, {
      viewport: { width, height: 850 },
      colorScheme
    })
    await page.getByRole('heading', { name: 'Consumers by cost' }).waitFor()
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `the page fits ${width} px`)
    const shots = process.env['SCREENSHOTS']
    if (shots) await page.screenshot({ path: `${shots}/status-${width}-${colorScheme}.png`, fullPage: true })
    t.strictSame(strangers(), [])
    t.strictSame(complaints, [])
  }
})

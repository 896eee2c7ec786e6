import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import { catalogue } from '../../src/errors.ts'
import { prefersHtml } from '../../src/http/pages/accept.ts'
import { explanations } from '../../src/http/pages/problems.ts'
import { skip, visit } from '../browser.ts'
import { build, buildBefore } from '../helper.ts'

t.setTimeout(300_000) // a browser on a busy machine

/** The Accept headers of Chromium and Firefox for a navigation. */
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'
const codes = Object.keys(catalogue)

/** A request without a key. */
const asking =
  (url: string) =>
  async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const response = await fetch(`${url}${path}`, { method, headers, redirect: 'manual' })
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() }
  }
const isPage = { headers: { 'content-type': 'text/html; charset=utf-8', vary: /\baccept\b/ } }

t.test('a client that lists HTML first is a browser, and one that accepts anything is not', async (t) => {
  for (const accept of [browser, 'text/html', 'text/html;q=0.2', 'application/json;q=0.8, text/html', 'TEXT/HTML'])
    t.ok(prefersHtml(accept), accept)
  for (const accept of [
    undefined,
    '',
    '*/*',
    'text/*',
    'text/html;q=0',
    'application/json, text/html',
    'text/html;q=0.5, application/problem+json',
    'application/graphql-response+json, text/html;q=0.9'
  ])
    t.notOk(prefersHtml(accept), accept ?? 'no header')
})

t.test('the front page requires no key, and shows what the gateway is and its state', async (t) => {
  const { url } = await build(t)
  const ask = asking(url)
  const page = await ask('/', { accept: browser })
  t.match(page, { status: 200, ...isPage })
  t.match(page.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  for (const words of [
    'ready',
    'the simulator: invented data',
    'href="graphiql"',
    'href="openapi.yaml"',
    'href="problems"',
    'demo-frontend'
  ])
    t.match(page.text, words, words)
  t.match(page.text, `curl ${url}/graphql`)

  const json = await ask('/')
  t.match(json, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', vary: /accept/ } })
  t.match(JSON.parse(json.text), {
    name: 'vdab-gateway',
    status: 'ok',
    simulator: true,
    upstream: { status: 'ok' },
    feeds: { vacatures: { healthy: false, reason: 'off' } },
    links: { graphql: '/graphql', graphiql: '/graphiql', problems: '/problems' }
  })
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  t.equal((JSON.parse(json.text) as { version: string }).version, version)
  t.equal((await ask('/', { accept: browser }, 'HEAD')).status, 200)
})

/** The commands of a page, as a reader copies them. */
const commandsOf = (html: string) =>
  [...html.matchAll(/<pre><code>([^]*?)<\/code><\/pre>/g)].map(([, command = '']) =>
    command.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  )

t.test('the example requests of the front page work unchanged', async (t) => {
  const { url } = await build(t)
  const commands = commandsOf((await asking(url)('/', { accept: browser })).text)
  t.equal(commands.length, 4)
  for (const command of commands) {
    const { stdout } = await promisify(execFile)('bash', ['-c', `${command} -s -w '\n%{http_code}'`])
    t.match(stdout, /a3e007c0-68d3-4fb7-aa35-c36e96ede172|"totaal":/, command)
    t.match(stdout, /\n200$/, command)
  }
})

t.test('the front page shows the host of the request only when it is a plain host and port', async (t) => {
  const { app } = await build(t)
  const commandAt = async (host: string) =>
    commandsOf((await app.inject({ url: '/', headers: { accept: browser, host } })).body)[0]?.split(' ')[1]
  t.equal(await commandAt('gateway.example:8080'), 'http://gateway.example:8080/graphql')
  t.equal(await commandAt('[::1]:3000'), 'http://[::1]:3000/graphql')
  for (const host of ['a"><b>', "a' -o x", 'a/b', 'user@a'])
    t.equal(await commandAt(host), 'http://127.0.0.1:3000/graphql', host)
})

t.test('a page of an error code can be revalidated, and HEAD has the headers of GET', async (t) => {
  const { url } = await build(t)
  const ask = asking(url)
  for (const path of ['/problems', '/problems/INTERNAL']) {
    const page = await ask(path, { accept: browser })
    const { etag = '' } = page.headers
    t.match(await ask(path, { accept: browser, 'if-none-match': etag }), { status: 304, text: '' })
    t.equal((await ask(path, { 'if-none-match': etag })).status, 200, 'the JSON has another ETag')
    t.match(await ask(path, { accept: browser }, 'HEAD'), { status: 200, text: '', headers: { etag } })
  }
  const head = await ask('/', { accept: browser }, 'HEAD')
  t.match(head, { status: 200, text: '', headers: { 'cache-control': 'no-store' } })
  t.equal(head.headers['etag'], undefined)
})

t.test('while VDAB fails the front page says so and offers no demo key', async (t) => {
  const { url } = await buildBefore(t, (_request, response) => {
    response.writeHead(503).end()
  })
  const page = await asking(url)('/', { accept: browser })
  t.match(page, { status: 200, ...isPage })
  t.match(page.text, 'VDAB fails (status 503)')
  t.match(page.text, 'YOUR-KEY')
  t.notMatch(page.text, 'demo-')
})

t.test('the content security policy of each page allows its own style only', async (t) => {
  const { url } = await build(t)
  const ask = asking(url)
  for (const path of ['/', '/problems', '/problems/NOT_FOUND', '/nothing/here']) {
    const { headers, text } = await ask(path, { accept: browser })
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    t.equal(
      headers['content-security-policy'],
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
    )
    t.notMatch(text, /<script|style=|https?:\/\/(?!127|www\.w3)/, `${path} needs no script and no other origin`)
  }
})

t.test('a browser at /graphql is redirected to GraphiQL with its operation; a client is not', async (t) => {
  const { url } = await build(t)
  const ask = asking(url)
  for (const [path, location] of [
    ['/graphql', './graphiql'],
    ['/graphql/', '../graphiql'],
    ['/graphql?query=%7B__typename%7D', './graphiql?query=%7B__typename%7D']
  ] as const)
    t.match(
      await ask(path, { accept: browser }),
      { status: 303, headers: { location, vary: /accept/, 'cache-control': 'no-store' } },
      path
    )
  t.equal((await ask('/graphql?query={__typename}')).status, 401)
  const client = await ask('/graphql?query={__typename}', { accept: browser, 'x-api-key': 'demo-frontend' })
  t.equal(client.status, 200, 'a request with a key is an operation')
  t.match(JSON.parse(client.text), { data: { __typename: 'Query' } })
})

t.test("an error in a browser is a page; other clients, and VDAB's own paths, get JSON", async (t) => {
  const { url } = await build(t)
  const ask = asking(url)
  for (const path of ['/nothing', '/nothing/here?a=<b>', '/problems/ABSENT', '/graphiql/assets/absent.js']) {
    const page = await ask(path, { accept: browser })
    t.match(page, { status: 404, ...isPage }, path)
    t.match(page.text, page.headers['x-request-id'] ?? 'no id')
    t.notMatch(page.text, '<b>')
  }
  t.match((await ask('/nothing/here', { accept: browser })).text, 'href="../problems/NOT_FOUND"')
  t.match(await ask('/wijzigingen/vacatures', { accept: browser }), { status: /40[14]/, ...isPage })
  t.match(await ask('/%', { accept: browser }), { status: 400, ...isPage })
  const unknown = await ask('/nothing')
  t.match(unknown, { status: 401, headers: { 'content-type': 'application/problem+json' } })
  for (const path of ['/services', '/services/openservices/absent', '/services/%', '/isam/absent']) {
    const answer = await ask(path, { accept: browser })
    t.match(answer.headers['content-type'], /json/, path)
    t.match(JSON.parse(answer.text), { httpCode: String(answer.status) }, path)
  }
})

t.test('each error code, and the list of codes, has a page and a document', async (t) => {
  const { url } = await build(t)
  const ask = asking(url)
  for (const code of codes) {
    const page = await ask(`/problems/${code}`, { accept: browser })
    t.match(page, { status: 200, ...isPage }, code)
    const json = await ask(`/problems/${code}`)
    const { status, title } = catalogue[code as keyof typeof catalogue]
    t.match(JSON.parse(json.text), { code, type: `/problems/${code}`, status, title })
    t.match(json.headers, { vary: /accept/, 'cache-control': 'public, max-age=3600' })
  }
  const list = await ask('/problems')
  t.strictSame(
    (JSON.parse(list.text) as { problems: { code: string }[] }).problems.map(({ code }) => code),
    codes
  )
  t.match(await ask('/problems', { accept: browser }), { status: 200, ...isPage })
})

t.test('the documentation explains each code in the same words', async (t) => {
  const text = readFileSync(new URL('../../docs/consumers/errors.md', import.meta.url), 'utf8')
  for (const [code, { meaning, advice }] of Object.entries(explanations)) {
    const row = text.split('\n').find((line) => line.startsWith(`| \`${code}\` |`))
    t.ok(row?.endsWith(`| ${meaning} | ${advice} |`), code)
  }
})

t.test('each page is usable in a browser, in dark and light mode, on a phone and by keyboard', { skip }, async (t) => {
  const { url } = await build(t)
  for (const [width, colorScheme] of [
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark']
  ] as const) {
    const { page, complaints, strangers } = await visit(t, url, `${url}/`, {
      viewport: { width, height: 850 },
      colorScheme
    })
    for (const path of ['/', '/problems', '/problems/RATE_LIMITED', '/nothing/here']) {
      await page.goto(`${url}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${path} fits ${width} px`)
      const shots = process.env['SCREENSHOTS']
      if (shots)
        await page.screenshot({
          path: `${shots}/page${path.replaceAll('/', '-')}-${width}-${colorScheme}.png`,
          fullPage: true
        })
    }
    await page.keyboard.press('Tab')
    t.equal(await page.evaluate('document.activeElement.textContent'), 'VDAB gateway')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Vacancies and CVs of VDAB' }).waitFor()
    await page.getByRole('link', { name: 'Error codes' }).click()
    await page.getByRole('link', { name: 'UPSTREAM_TIMEOUT' }).click()
    await page.getByText('Does a retry help?').waitFor()
    t.strictSame(strangers(), [])
    t.strictSame(
      complaints.filter((text) => !text.includes('404 (Not Found)')),
      []
    )
  }
})

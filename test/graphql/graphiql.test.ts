import { execFile } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { createServer, request as asking } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fastify from 'fastify'
import { buildSchema, graphql, parse, validate } from 'graphql'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createAssets } from '../../src/graphql/graphiql/assets.ts'
import { registerGraphiql, type GraphiqlOptions } from '../../src/graphql/graphiql/index.ts'
import { skip, visit } from '../browser.ts'
import { build, consumersFile } from '../helper.ts'

t.setTimeout(300_000) // a browser on a busy machine
const root = fileURLToPath(new URL('../..', import.meta.url))
await promisify(execFile)(process.execPath, [join(root, 'scripts/build-graphiql.mjs')])

const read = async (folder: string) => {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.graphql')).sort()
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(root, folder, name), 'utf8') })))
}
const sdl = await readFile(join(root, 'schema.graphql'), 'utf8')
const schema = buildSchema(sdl)

const ids = [
  'a3e007c0-68d3-4fb7-aa35-c36e96ede172',
  '9d86dbb5-3cba-4ef5-9172-38c0e6782746',
  '23fa5224-15f6-4934-98ab-829587a7420e'
]
const documented = {
  vacatures: {
    totaal: 3,
    nodes: ids.map((id) => ({
      id: `Vacature:${id}`,
      vacatureReferentie: { interneReferentie: id },
      publicatieDatum: '2022-12-13'
    }))
  }
}
const ownKey = 'own-key-0f9e8d7c6b5a4321'
const keys = new Set<unknown>([ownKey, 'demo-hr'])

/** The plugin with the smallest gateway behind it: real SDL, the documented answer, 401 without a known key. */
const serve = async (t: Test, options: GraphiqlOptions) => {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } }) // as in src/http/web.ts
  t.teardown(() => app.close())
  registerGraphiql(app, options)
  const refusal = { code: 'UNAUTHENTICATED', detail: 'No consumer has this key.' }
  app.get('/schema.graphql', ({ headers }, reply) =>
    keys.has(headers['x-api-key']) ? reply.type('text/plain').send(sdl) : reply.code(401).send(refusal)
  )
  app.post<{ Body: { query: string; operationName?: string; variables?: Record<string, unknown> } }>(
    '/graphql',
    async (request, reply) => {
      if (!keys.has(request.headers['x-api-key'])) {
        return reply
          .code(401)
          .type('application/problem+json')
          .send({ code: 'UNAUTHENTICATED', detail: 'No consumer has this key.' })
      }
      const { query, operationName, variables } = request.body
      if (query.includes('subscription Follow')) {
        const events = ['één', 'twee'].map((text) => `event: next\ndata: ${JSON.stringify({ data: { text } })}\n\n`)
        return reply.type('text/event-stream').send(`${events.join('')}event: complete\ndata:\n\n`)
      }
      return graphql({ schema, source: query, operationName, variableValues: variables, rootValue: documented })
    }
  )
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) }
}

const editor = (page: Page) => page.locator('.graphiql-query-editor .view-line').first()
const answer = (page: Page) => page.locator('.result-window .view-lines')
const answered = (page: Page, words: string) => answer(page).getByText(words).first().waitFor()
const shown = async (page: Page) => (await answer(page).textContent())?.replaceAll('\u00a0', ' ')
const run = async (page: Page, words: string) => {
  await page.getByRole('button', { name: /execute query/i }).click()
  await answered(page, words)
}
const tabs = (page: Page) =>
  page
    .locator('.graphiql-tab-button')
    .evaluateAll((buttons) => buttons.map((button) => (button as { title?: string }).title))
/** Waits until GraphiQL has stored these words, which it does some time after they were typed. */
const kept = (page: Page, name: string, words: string) =>
  page.evaluate(`new Promise(done => {
    const isThere = () => Object.entries(localStorage).some(([name, value]) => name.endsWith('${name}') && value.includes('${words}'))
    const look = () => isThere() ? done() : requestAnimationFrame(look)
    look()
  })`)
const stored = async (page: Page) =>
  JSON.parse(
    await page.evaluate<string>('JSON.stringify({ local: {...localStorage}, session: {...sessionStorage} })')
  ) as Record<'local' | 'session', Record<string, string>>

t.test('every example query is valid', async (t) => {
  const queries = await read('src/graphql/graphiql/page/queries')
  t.equal(queries.length, 5)
  for (const { name, text } of queries) t.same(validate(schema, parse(text)), [], name)
})

t.test('only the page and its files are served, with a strict content security policy', async (t) => {
  const { app } = await serve(t, { simulator: false })
  const page = await app.inject('/graphiql')
  const policy = String(page.headers['content-security-policy'])
  t.match(page.headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin'
  })
  t.equal(
    policy.replace(/'nonce-[\w+/=]{20,}'/, 'NONCE'),
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' NONCE; font-src 'self'; img-src 'self' data:; " +
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  )
  t.not((await app.inject('/graphiql')).headers['content-security-policy'], policy, 'every answer has its own nonce')
  t.match(page.body, /<html lang="en" data-root=".\/">[^]*<title>VDAB gateway – GraphiQL<\/title>[^]*<noscript>/)

  const script = `/graphiql/assets/${createAssets().page.script}`
  t.match((await app.inject({ url: script, headers: { 'accept-encoding': 'gzip, br' } })).headers, {
    'content-type': 'text/javascript; charset=utf-8',
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding'
  })
  t.equal(
    (await app.inject({ url: script, headers: { 'accept-encoding': 'br;q=0, gzip' } })).headers['content-encoding'],
    'gzip'
  )
  t.equal((await app.inject(script)).headers['content-encoding'], undefined)
  for (const name of ['manifest.json', 'absent.js', '..%2fmanifest.json', '..%2f..%2fpackage.json', 'constructor']) {
    t.equal((await app.inject(`/graphiql/assets/${name}`)).statusCode, 404, name)
  }
})

t.test('the page contains a demo key on the simulator only', async (t) => {
  const { page, read } = createAssets()
  const script = await read(page.script)
  t.notMatch(script?.body.toString(), /demo-(hr|cv|frontend|beheer)/)
  t.notMatch((await (await serve(t, { simulator: false, demo: true })).app.inject('/graphiql')).body, 'demo-')
  t.notMatch(
    (await (await serve(t, { simulator: true, demo: false })).app.inject('/graphiql')).body,
    'demo-',
    'no demo key with a consumers file either'
  )
  t.match((await (await serve(t, { simulator: true })).app.inject('/graphiql')).body, '"demoKey":"demo-hr"')
})

t.test('a gateway without the built page logs at its start which command builds it', async (t) => {
  t.throws(() => createAssets(new URL('file:///nowhere/')), { message: /node scripts\/build-graphiql\.mjs/ })
})

t.test(
  'on the simulator the documented queries are offered, and one click shows the documented answer',
  { skip },
  async (t) => {
    const { url } = await build(t)
    const { page, asked, complaints, strangers } = await visit(t, url)
    await editor(page).waitFor()
    t.same(await tabs(page), [
      'VacaturesInZaventem',
      'VacatureGewijzigd',
      'HandelsingenieursInAalst',
      'VacatureOpId',
      'KandidaatOpId'
    ])
    t.ok(await page.getByText('Simulator: invented data').isVisible())
    t.equal(await page.getByLabel('Key', { exact: true }).inputValue(), 'demo-hr')

    await run(page, '"Operational purchaser"')
    for (const part of ['"totaal": 3,', '"id": "Vacature:a3e007c0-68d3-4fb7-aa35-c36e96ede172",', '"label": "Aankoop"'])
      t.match(await shown(page), part)
    t.match(asked.at(-1), { 'x-api-key': 'demo-hr', accept: 'application/graphql-response+json, application/json' })
    for (const [tab, words] of [
      ['HandelsingenieursInAalst', '"Kandidaat:0f263a0e-cd00-4325-8ce3-4163740c101d"'],
      ['VacatureOpId', '"479-1430-VDAB-BE-131212"'],
      ['KandidaatOpId', '"COO - Facility & Operations Manager"']
    ] as const) {
      await page.getByRole('tab', { name: tab }).click()
      await run(page, words)
      t.notMatch(await shown(page), '"errors"', tab)
    }

    const before = asked.length
    await page.getByLabel('Purpose').fill('selectie voor een vacature')
    await page.getByLabel('Key', { exact: true }).selectOption('demo-frontend')
    await page.getByRole('tab', { name: 'VacaturesInZaventem' }).click()
    await run(page, '"Operational purchaser"')
    t.match(asked.slice(before), [{ 'x-api-key': 'demo-frontend', 'x-doel': 'selectie voor een vacature' }])

    t.same(strangers(), [])
    t.same(complaints, [])
  }
)

t.test(
  'the page is served with and without a trailing slash, with any query string, and behind a path prefix',
  async (t) => {
    const { app } = await serve(t, { simulator: true })
    for (const [address, root] of [
      ['/graphiql', './'],
      ['/graphiql?query=a/', './'],
      ['/graphiql?/', './'],
      ['/graphiql/', '../'],
      ['/graphiql/?query=%7B__typename%7D&a=b?c', '../'],
      ['http://another.example/graphiql/', '../']
    ] as const) {
      for (const method of ['GET', 'HEAD'] as const)
        t.equal((await app.inject({ method, url: address })).statusCode, 200, `${method} ${address}`)
      const { body } = await app.inject(address)
      t.match(body, `src="${root}graphiql/assets/`, address)
      t.match(body, `data-root="${root}"`, address)
    }
  }
)

t.test('a browser shows the page at both URLs, and behind a path prefix', { skip }, async (t) => {
  const { url } = await build(t)
  const proxy = createServer((request, response) => {
    const { method, headers } = request
    const path = (request.url ?? '').replace('/a/prefix/', '/')
    request.pipe(
      asking(`${url}${path}`, { method, headers }, (answer) =>
        answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers))
      )
    )
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  const behind = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/a/prefix`
  for (const address of [
    `${url}/graphiql/`,
    `${url}/graphiql/?a=b`,
    `${url}/graphiql?a=b/`,
    `${behind}/graphiql`,
    `${behind}/graphiql/`
  ]) {
    const { page, complaints } = await visit(t, url, address)
    await editor(page).waitFor()
    await run(page, '"Operational purchaser"')
    t.same(complaints, [], address)
  }
})

t.test(
  'no action of the editor violates the content security policy or contacts another origin',
  { skip },
  async (t) => {
    const { url } = await serve(t, { simulator: true })
    const { page, complaints, strangers } = await visit(t, url)
    await editor(page).waitFor()
    await page.locator('.graphiql-sidebar .graphiql-spin').waitFor({ state: 'detached' })

    const totaal = page.locator('.graphiql-query-editor .view-lines').getByText('totaal', { exact: true })
    const explanation = page
      .locator('.monaco-hover-content')
      .getByText(/Number of vacancies/)
      .first()
    // A busy editor misses a move of the mouse.
    for (let left = 10; left > 0 && !(await explanation.isVisible()); left -= 1) {
      await page.mouse.move(0, 0)
      await totaal.hover()
      await explanation.waitFor({ timeout: 5000 }).catch(() => undefined)
    }
    t.ok(await explanation.isVisible())
    await totaal.click()
    await page.keyboard.press('End')
    await page.keyboard.type(' ')
    await page.keyboard.press('Control+Space')
    await page.locator('.suggest-widget').getByText('pageInfo').first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.type('absent')
    await page.locator('.squiggly-error').waitFor()
    await page.keyboard.press('Control+f')
    await page.locator('.find-widget.visible').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('F1')
    await page.locator('.quick-input-widget').getByText('Add Cursor Above').first().waitFor()
    await page.keyboard.press('Escape')
    await editor(page).click({ button: 'right' })
    await page.locator('.shadow-root-host').getByText('Command Palette').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /prettify/i }).click()

    await page.getByRole('button', { name: /show documentation explorer/i }).click()
    await page.getByRole('link', { name: 'VacatureConnection', exact: true }).click()
    await page.getByText('One page of a list of vacancies').waitFor()
    await page.getByRole('button', { name: /show history/i }).click()
    await page.getByRole('button', { name: /open settings/i }).click()
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.keyboard.press('Escape')
    t.equal(
      await page.evaluate("getComputedStyle(document.querySelector('.graphiql-query-editor .view-line')).position"),
      'absolute'
    )
    t.match(await editor(page).getAttribute('style'), /top: ?0px/, 'lines are placed by the editor')

    t.same(strangers(), [])
    t.same(complaints, [])

    const noticed = (words: string) => page.waitForEvent('console', (message) => message.text() === words)
    await Promise.all([
      noticed('policy: connect-src https://example.org/'),
      page.evaluate("fetch('https://example.org/').catch(() => {})")
    ])
    await Promise.all([
      noticed('policy: style-src-attr inline'),
      page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color:red\">x</b>')")
    ])
    t.not(complaints.length, 0, 'violations are noticed')
  }
)

t.test('a subscription shows its events', { skip }, async (t) => {
  const { url } = await serve(t, { simulator: true })
  const { page, asked } = await visit(t, url)
  await editor(page).waitFor()
  await page.getByRole('button', { name: 'New tab' }).click()
  await page.getByRole('tab', { name: '<untitled>' }).waitFor()
  await editor(page).click()
  await page.keyboard.insertText('subscription Follow { vacatureGewijzigd { id } }')
  await page.getByRole('tab', { name: 'Follow' }).waitFor()
  await run(page, '"twee"')
  t.match(asked.at(-1), { accept: /^text\/event-stream, /, 'x-api-key': 'demo-hr' })
})

t.test('a subscription shows changes at VDAB', { skip }, async (t) => {
  const { url, query, simulator, poll } = await build(t, {
    env: { FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0' },
    simulator: { vacatures: 20, kandidaten: 5 }
  })
  const { data } = await query('{ vacatures(first: 1) { nodes { id } } }')
  const {
    nodes: [vacature]
  } = (data as { vacatures: { nodes: { id: string }[] } }).vacatures
  const { page } = await visit(t, url)
  await editor(page).waitFor()
  await page.getByRole('button', { name: 'New tab' }).click()
  await page.getByRole('tab', { name: '<untitled>' }).waitFor()
  await editor(page).click()
  await page.keyboard.insertText('subscription Volg { vacatureGewijzigd { id soort } }')
  await page.getByRole('tab', { name: 'Volg' }).waitFor()
  const [, answer] = await Promise.all([
    page.getByRole('button', { name: /execute query/i }).click(),
    page.waitForResponse((response) => response.headers()['content-type']?.startsWith('text/event-stream') ?? false)
  ])
  t.equal(answer.status(), 200)
  await simulator.patch(`vacatures/${vacature?.id.slice(9) ?? ''}`, {})
  await poll()
  await page.getByText('"GEWIJZIGD"').waitFor()
})

t.test(
  'without the simulator the page asks for a key, and keeps it for the session of one browser tab only',
  { skip },
  async (t) => {
    const { url } = await serve(t, { simulator: false })
    const { context, page, asked, complaints, strangers } = await visit(t, url)
    await page.getByRole('heading', { name: 'Which key do you want to use?' }).waitFor()
    t.equal(asked.length, 0, 'no key, no request')

    await page.getByLabel('API key').fill('not-a-key')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('No consumer has this key.').waitFor()
    t.same((await stored(page)).session, {}, 'a refused key is forgotten')

    await page.getByLabel('API key').fill(ownKey)
    await page.getByRole('button', { name: 'Use this key' }).click()
    await editor(page).waitFor()
    t.same(await tabs(page), ['VacaturesInZaventem', 'VacatureGewijzigd', 'HandelsingenieursInAalst'])
    t.ok(await page.getByText('••••4321').isVisible(), 'the key in use is masked')

    await page.getByRole('button', { name: 'Headers' }).click()
    await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-line').first().click()
    await page.keyboard.insertText(JSON.stringify({ 'X-Api-Key': ownKey, 'x-mark': 'a-header-of-mine' }))
    await editor(page).click()
    await page.keyboard.insertText('# typed after the headers')
    // GraphiQL stores edits in the order of typing: once it has this line, it has the headers too.
    await kept(page, 'tabState', 'typed after the headers')
    await run(page, '"Vacature:23fa5224-15f6-4934-98ab-829587a7420e"')
    t.match(asked.at(-1), { 'x-api-key': ownKey, 'x-mark': 'a-header-of-mine' })
    await kept(page, 'queries', 'typed after the headers')
    const { local, session } = await stored(page)
    t.equal(session['vdab-gateway:key'], ownKey)
    t.notMatch(JSON.stringify(local), ownKey)
    t.notMatch(JSON.stringify(local), 'a-header-of-mine')

    await page.reload()
    await editor(page).waitFor()
    const another = await context.newPage()
    await another.goto(`${url}/graphiql`)
    await another.getByRole('heading', { name: 'Which key do you want to use?' }).waitFor()

    await page.getByRole('button', { name: 'Change key' }).click()
    await page.getByRole('button', { name: 'Keep the key in use' }).click()
    await editor(page).waitFor()
    await page.getByRole('button', { name: 'Change key' }).click()
    await page.getByRole('button', { name: 'Forget it' }).click()
    await page.getByText('No key in use').waitFor()
    t.same((await stored(page)).session, {})

    t.same(strangers(), [])
    t.same(
      complaints.filter((text) => !text.includes('401 (Unauthorized)')),
      []
    )
  }
)

t.test(
  'on the simulator a button changes a vacancy and the running subscription shows it, also on a phone',
  { skip },
  async (t) => {
    const { url } = await build(t, { env: { FEED_INTERVAL_MS: '60000' } })
    for (const [width, colorScheme] of [
      [390, 'dark'],
      [1280, 'light']
    ] as const) {
      const { page, complaints, strangers } = await visit(t, url, `${url}/graphiql`, {
        viewport: { width, height: 850 },
        colorScheme
      })
      await editor(page).waitFor()
      await page.getByRole('tab', { name: 'VacatureGewijzigd' }).click()
      await editor(page).getByText('# Shows each change').waitFor()
      const subscribed = page.waitForResponse(
        (response) => response.headers()['content-type']?.includes('event-stream') ?? false
      )
      await page.getByRole('button', { name: /execute query/i }).click()
      await subscribed
      await page.getByRole('button', { name: 'Change a vacancy' }).click()
      await page.getByText('Changed: Operational purchaser (change').waitFor()
      await answered(page, '"GEPUBLICEERD"')
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `the page fits ${width} px`)
      const shots = process.env['SCREENSHOTS']
      if (shots) await page.screenshot({ path: `${shots}/graphiql-${width}-${colorScheme}.png` })
      t.same(strangers(), [])
      t.same(complaints, [])
    }
  }
)

t.test('a button explains each answer next to it, for a key that may see it, also on a phone', { skip }, async (t) => {
  const { url } = await build(t)
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [390, 'dark']
  ] as const) {
    const { page, asked, complaints, strangers } = await visit(t, url, `${url}/graphiql`, {
      viewport: { width, height: 850 },
      colorScheme
    })
    await editor(page).waitFor()
    await page.getByRole('button', { name: 'Explain' }).click()
    const pane = page.getByLabel('Explanation')
    await pane.getByText('Run an operation').waitFor()
    await page.getByRole('button', { name: /execute query/i }).click()
    await pane.getByText('Only a key with the scope beheer').waitFor()
    await page.getByLabel('Key', { exact: true }).selectOption('demo-beheer')
    await run(page, '"vacatures"')
    await pane.getByText('How the answer to VacaturesInZaventem was made').waitFor()
    // The second answer comes from the cache.
    for (const title of ['Parts by cache state', ...(width === 1280 ? ['Calls to VDAB'] : []), /^Price: \d/])
      await pane.getByRole('table', { name: title }).waitFor()
    t.match(asked.at(-1), { 'x-explain': '1', 'x-api-key': 'demo-beheer' })
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `the page fits ${width} px`)
    const shots = process.env['SCREENSHOTS']
    if (shots) await page.screenshot({ path: `${shots}/explain-${width}-${colorScheme}.png` })
    await pane.getByRole('table').last().scrollIntoViewIfNeeded()
    t.ok(await pane.getByRole('table').last().isVisible())
    if (shots) await page.screenshot({ path: `${shots}/explain-${width}-${colorScheme}-below.png` })
    await page.getByRole('button', { name: 'Explain' }).click()
    await pane.waitFor({ state: 'detached' })
    t.same(strangers(), [])
    t.same(
      complaints.filter((text) => !text.includes('403 (Forbidden)')),
      []
    )
  }
})

t.test('the change button works with a demo key on the simulator only', async (t) => {
  const change = { method: 'POST', headers: { 'x-api-key': 'demo-frontend' } }
  const { url } = await build(t, { env: { FEED_INTERVAL_MS: '60000' } })
  const answer = await fetch(`${url}/graphiql/demo/wijziging`, change)
  t.match(await answer.json(), { id: `Vacature:${ids[0]}`, functieTitel: /^Operational purchaser \(change \d+\)$/ })
  t.equal((await fetch(`${url}/graphiql/demo/wijziging`, { method: 'POST' })).status, 401)
  const { url: own } = await build(t, { env: { FEED_INTERVAL_MS: '60000', CONSUMERS_FILE: consumersFile() } })
  const refused = await fetch(`${own}/graphiql/demo/wijziging`, {
    method: 'POST',
    headers: { 'x-api-key': 'team-key' }
  })
  t.equal(refused.status, 404)
})

t.test(
  'in production without introspection the page includes the schema, or explains that it has none',
  { skip },
  async (t) => {
    const { url } = await build(t, {
      env: { NODE_ENV: 'production', INTROSPECTION: 'false', CONSUMERS_FILE: consumersFile() }
    })
    const { context, page, complaints } = await visit(t, url, `${url}/graphql?query=query%20Linked%7B__typename%7D`)
    await page.getByLabel('API key').fill('wrong-key')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByLabel('API key').fill('team-key')
    await page.keyboard.press('Enter')
    await editor(page).getByText('Linked').waitFor()
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    await page
      .locator('.graphiql-doc-explorer')
      .getByText('vacaturesInitieel')
      .or(page.locator('.graphiql-doc-explorer').getByText('Query').first())
      .first()
      .waitFor()
    t.same(
      complaints.filter((text) => !text.includes('401 (Unauthorized)')),
      []
    )
    const another = await context.newPage()
    await another.route(`${url}/schema.graphql`, (route) => route.fulfill({ status: 503, body: 'busy' }))
    await another.goto(`${url}/graphiql`)
    await another.getByLabel('API key').fill('team-key')
    await another.keyboard.press('Enter')
    await another.getByRole('alert').getByText('The schema could not be read').waitFor()
  }
)

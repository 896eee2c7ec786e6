import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { check } from '../../src/commands/check.ts'
import { readConfig } from '../../src/config/index.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { contract } from '../../src/upstream/contract.ts'
import { vdabKey } from '../helper.ts'

type Test = { teardown(done: () => Promise<unknown>): void }
type Json = Record<string, unknown>

const allIds = contract.map(({ id }) => id)
const root = fileURLToPath(new URL('../..', import.meta.url))

const simulate = async (t: Test, options: Parameters<typeof createSimulator>[0] = {}) => {
  const simulator = createSimulator(options)
  const url = await simulator.listen()
  t.teardown(() => simulator.close())
  return url
}

const listen = async (t: Test, handler: RequestListener) => {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/services`
}

/** Runs the check; returns its output, and the ids of the requirements by result. */
const run = async (url: string, env: Record<string, string> = {}) => {
  const lines: string[] = []
  const config = readConfig({ VDAB_URL: url, VDAB_API_KEY: vdabKey, ...env }, { needsConsumers: false })
  const isFulfilled = await check(config, { print: (line) => void lines.push(line) })
  const having = (word: string) =>
    lines
      .flatMap((line) => (line.startsWith(word) ? [line.split(/\s+/)[1] ?? ''] : []))
      .filter((id) => allIds.includes(id))
  return {
    isFulfilled,
    lines,
    text: lines.join('\n'),
    ok: having('ok '),
    failed: having('FAILED '),
    skipped: having('skipped ')
  }
}

/** Runs the command in its own process, with these settings only. */
const command = (env: Record<string, string>, args: string[] = []) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import=tsx', 'src/cli.ts', 'check', ...args],
      { cwd: root, env: { PATH: process.env['PATH'], ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, text: stdout + stderr })
    )
  })

void t.test('every requirement has a unique id and is worded as a MUST', async (t) => {
  t.equal(new Set(allIds).size, allIds.length)
  t.same(
    contract.filter(({ name }) => !name.startsWith('MUST ')),
    []
  )
})

void t.test('the simulator meets the whole contract, with nothing skipped, in at most a hundred calls', async (t) => {
  const url = await simulate(t, { key: vdabKey })
  const { isFulfilled, ok, lines } = await run(url)
  t.same(ok, allIds)
  t.equal(isFulfilled, true)
  t.equal(lines.at(-1), `${allIds.length} ok, 0 failed, 0 skipped`)
  const { total } = (await (await fetch(new URL('/_simulator/calls', url))).json()) as { total: number }
  t.ok(total <= 100, `${total} calls`)
})

const json =
  (body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
const text =
  (status: number, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body)
  }
const person = 'Jan Peeters'
const nonsense: Readonly<Record<string, RequestListener>> = {
  'a page of a hotel': text(200, '<h1>Welcome</h1>'),
  nothing: text(200, ''),
  'an empty object': json({}),
  'an empty list': json([]),
  null: json(null),
  'a number': json(7),
  'a list of nulls': json([null, null]),
  'an envelope of one person': json({ aantal: person, resultaten: person }),
  'an envelope of nulls': json({ aantal: 9, resultaten: [null] }),
  'its own 404 to everything': text(404, `${person} not found`),
  'a 401 to everything': text(401, person),
  'a 500 to everything': text(500, person),
  'a 302 to everything': (_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:1/${encodeURIComponent(person)}` }).end()
  },
  'the request itself, with the key': ({ headers }, response) => {
    response.writeHead(400).end(JSON.stringify(headers))
  },
  'a status line of its own': (_, response) => {
    response.writeHead(599, vdabKey).end(vdabKey)
  },
  'half an answer': (_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('{"aantal":1', () => response.destroy())
  },
  'a broken connection': ({ socket }) => {
    socket.destroy()
  }
}
for (const [what, handler] of Object.entries(nonsense)) {
  void t.test(`a server that answers ${what} meets no requirement, breaks no check and is not quoted`, async (t) => {
    const { isFulfilled, ok, failed, skipped, text: printed } = await run(await listen(t, handler))
    t.same(ok, [])
    t.same([...failed, ...skipped].sort(), [...allIds].sort())
    t.ok(failed.length > 0)
    t.equal(isFulfilled, false)
    t.notMatch(printed, vdabKey)
    t.notMatch(printed, person)
    t.notMatch(printed, 'the check itself failed')
  })
}

void t.test('a server that does not answer gets three calls, not a hundred', async (t) => {
  let asked = 0
  const { failed, skipped } = await run(
    await listen(t, () => {
      asked += 1
    }),
    { VDAB_HEADERS_TIMEOUT_MS: '50' }
  )
  t.equal(asked, 3)
  t.equal(failed.length + skipped.length, allIds.length)
})

type Bend = {
  what: string
  fails: string[]
  ask?: (url: URL) => void
  answer?: (body: Json, url: URL) => unknown
  status?: (status: number, url: URL) => number
  key?: string
}
const items = ({ resultaten }: Json) => resultaten as Json[]
const velden = ['status', 'vdabreferentie', 'leverancier', 'tewerkstellingsgemeente', 'beroep', 'competentie'].map(
  (veld) => `vacatures-velden-${veld}`
)
const isPage = (body: Json, { pathname }: URL) => 'resultaten' in body && /(vacatures|kandidaten)$/.test(pathname)
const bends: Bend[] = [
  { what: 'accepts every key', key: vdabKey, fails: ['key-wrong'] },
  {
    what: 'ignores vanaf',
    ask: ({ searchParams }) => searchParams.delete('vanaf'),
    fails: ['vacatures-offset', 'kandidaten-offset']
  },
  {
    what: 'counts pages in vanaf',
    ask: ({ searchParams }) => {
      if (searchParams.has('vanaf'))
        searchParams.set('vanaf', String(Number(searchParams.get('vanaf')) * Number(searchParams.get('aantal'))))
    },
    fails: ['vacatures-offset', 'kandidaten-offset']
  },
  // Two items on a page count as the total, so the next page cannot be checked.
  {
    what: 'counts the page in aantal',
    answer: (body, url) => (isPage(body, url) ? { ...body, aantal: items(body).length } : body),
    fails: ['vacatures-total', 'kandidaten-total']
  },
  {
    what: 'calls the total by another name',
    answer: (body, url) => (isPage(body, url) ? { resultaten: body['resultaten'], totaal: body['aantal'] } : body),
    fails: [
      'vacatures-envelope',
      'vacatures-id',
      'vacatures-offset',
      ...velden,
      'kandidaten-envelope',
      'kandidaten-id',
      'kandidaten-offset'
    ]
  },
  { what: 'ignores velden', ask: ({ searchParams }) => searchParams.delete('velden'), fails: velden },
  {
    what: 'returns a record for an unknown id',
    answer: (body) => ('httpCode' in body ? {} : body),
    status: (status) => (status === 404 || status === 400 ? 200 : status),
    fails: ['vacature-unknown', 'vacature-malformed', 'kandidaat-unknown', 'kandidaat-malformed']
  },
  {
    what: 'answers an unknown id with a 400 without a message',
    answer: (body) => ('httpCode' in body ? { httpCode: '400' } : body),
    status: (status) => (status === 404 ? 400 : status),
    fails: ['vacature-unknown', 'vacature-malformed', 'kandidaat-unknown', 'kandidaat-malformed']
  },
  {
    what: 'sends a null for an unknown id of POST',
    answer: (body, { searchParams, pathname }) =>
      pathname.endsWith('vacatures') && searchParams.size === 0 && items(body).length === 1
        ? { aantal: 2, resultaten: [null, ...items(body)] }
        : body,
    fails: ['vacatures-post-unknown']
  },
  {
    what: 'sends bulk and initial without status',
    answer: (body, { pathname }) =>
      /bulk|initial/.test(pathname)
        ? { ...body, resultaten: items(body).map((row) => ({ ...row, status: undefined })) }
        : body,
    fails: ['vacatures-bulk', 'vacatures-initial', 'kandidaten-bulk']
  },
  {
    what: 'ignores trefwoord',
    ask: ({ searchParams }) => searchParams.delete('trefwoord'),
    fails: ['diplomas-trefwoord']
  },
  {
    what: 'calls a beschrijving label',
    answer: (body) =>
      Array.isArray(body) ? (body as Json[]).map(({ code, beschrijving }) => ({ code, label: beschrijving })) : body,
    fails: allIds.filter((id) => id.startsWith('lijst-'))
  }
]
for (const { what, fails, ask, answer, status, key } of bends) {
  void t.test(`a VDAB that ${what} fails exactly the requirements concerned`, async (t) => {
    const base = await simulate(t)
    const forward = async (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '', base)
      ask?.(url)
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { 'x-ibm-client-id': shown = '', 'content-type': type } = request.headers
      const told = await fetch(url, {
        method: request.method ?? 'GET',
        headers: { 'x-ibm-client-id': key ?? String(shown), ...(type === undefined ? {} : { 'content-type': type }) },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) })
      })
      const body = (await told.json()) as Json
      response
        .writeHead(status?.(told.status, url) ?? told.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ? answer(body, url) : body))
    }
    const { failed } = await run(await listen(t, (request, response) => void forward(request, response)))
    t.same(failed, fails)
  })
}

void t.test('a VDAB without any vacancy or CV fails no requirement for it', async (t) => {
  const { failed, skipped } = await run(await listen(t, json({ aantal: 0, resultaten: [] })))
  t.same(
    failed,
    allIds.filter((id) => id.startsWith('lijst-') || id === 'key-wrong')
  )
  t.ok(skipped.includes('kandidaat-detail'))
})

const strings = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(strings)
      : []

void t.test('personal data and the key are never printed', async (t) => {
  const url = await simulate(t)
  const ask = async (path: string) =>
    (await (
      await fetch(`${url}/openservices/v1/kandidaten${path}`, { headers: { 'x-ibm-client-id': 'any' } })
    ).json()) as Json
  const ids = items(await ask('?aantal=10')).map(({ cvId }) => String(cvId))
  const people = await Promise.all(ids.map((id) => ask(`/${id}`)))
  const personal = [
    vdabKey,
    ...ids,
    ...people
      .flatMap(({ natuurlijkPersoon, ervaringen }) => strings([natuurlijkPersoon, ervaringen]))
      .filter((value) => value.length > 3)
  ]
  t.ok(personal.length > 50, 'the search has personal values to look for')
  const { text: printed } = await run(url)
  t.same(
    personal.filter((value) => printed.includes(value) && value !== 'werkervaring'),
    []
  )
})

void t.test('the body of POST, the paths and the parameter names follow the settings', async (t) => {
  const asked: string[] = []
  await run(
    await listen(t, (request, response) => {
      asked.push(request.url ?? '')
      response
        .writeHead(200)
        .end(JSON.stringify({ aantal: 1, resultaten: [{ vacatureReferentie: { interneReferentie: allIds[0] } }] }))
    }),
    { VDAB_PATHS: 'talen:v3/talen', VDAB_PARAMETER_NAMES: 'vanaf:offset' }
  )
  t.ok(asked.includes('/services/openservices/v3/talen'))
  t.ok(asked.some((url) => url.includes('offset=')) && !asked.some((url) => url.includes('vanaf=')))
  t.same((await run(await simulate(t), { VDAB_POST_FIELD: '[]' })).failed, [])
})

void t.test('the command exits with 0 on the embedded simulator, and states that it runs on it', async (t) => {
  const { code, text: printed } = await command({})
  t.equal(code, 0)
  t.match(printed, 'ON THE EMBEDDED SIMULATOR')
  t.match(printed, `${allIds.length} ok, 0 failed, 0 skipped`)
})

void t.test('the command exits with 0 on success, without a consumers file even in production', async (t) => {
  const { code, text: printed } = await command({
    VDAB_URL: await simulate(t, { key: vdabKey }),
    VDAB_API_KEY: vdabKey,
    NODE_ENV: 'production'
  })
  t.equal(code, 0)
  t.notMatch(printed, 'SIMULATOR')
  t.notMatch(printed, vdabKey)
})

void t.test(
  'the command exits with 1 if a requirement fails or settings are wrong, and with 2 on an unknown argument',
  async (t) => {
    const url = await simulate(t, { key: 'another' })
    const refused = await command({ VDAB_URL: url, VDAB_API_KEY: vdabKey })
    t.equal(refused.code, 1)
    t.match(refused.text, /FAILED +vacatures-envelope .*look at VDAB_API_KEY/)
    t.match(refused.text, /skipped +key-wrong .*the right key is refused too/)
    t.notMatch(refused.text, vdabKey)
    const keyless = await command({ VDAB_URL: url })
    t.equal(keyless.code, 1)
    t.match(keyless.text, 'VDAB_API_KEY (or VDAB_API_KEY_FILE) is missing')
    t.equal((await command({}, ['--loud'])).code, 2)
  }
)

void t.test('the gateway itself still requires a consumers file with the real VDAB', async (t) => {
  const env = { VDAB_URL: 'https://api.vdab.be/services', VDAB_API_KEY: vdabKey }
  t.throws(() => readConfig(env), /CONSUMERS_FILE is missing/)
  t.equal(readConfig(env, { needsConsumers: false }).vdab.url?.host, 'api.vdab.be')
})

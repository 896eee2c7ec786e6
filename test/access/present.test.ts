import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { AuditRecord } from '../../src/access/audit.ts'
import { sha256 } from '../../src/access/consumers.ts'
import { auditFile, build, buildBefore, logged, readJson } from '../helper.ts'
import { connect, listen } from '../live/live.ts'
import { dial, written } from '../hostile/raw.ts'
import { eventsAt } from '../live/sse.ts'
import { runWorkers, until } from '../workers/workers.ts'

type Test = Parameters<typeof buildBefore>[0]
type Entry = { name: string; sha256: string | string[]; scopes: string[]; doel?: string }
const all = ['vacatures', 'vacatures:contact', 'kandidaten', 'kandidaten:identiteit', 'kandidaten:contact', 'beheer']
const without = (...scopes: string[]) => all.filter((scope) => !scopes.includes(scope))
const team = (more: Partial<Entry> = {}): Entry => ({ name: 'team', sha256: sha256('team-key'), scopes: all, ...more })
const shown = { 'x-api-key': 'team-key', 'x-doel': 'a test' }
const uuid = (index: number) => `aaaaaaaa-0000-4000-8000-${String(index).padStart(12, '0')}`

/** A consumers file; `replace` resolves once the log shows that the gateway has read it. */
const consumersOf = () => {
  const path = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  const log: { lines: readonly string[] } = { lines: logged }
  const readings = () => log.lines.filter((line) => line.includes('CONSUMERS_FILE was read again')).length
  const write = (entries: readonly Entry[]) => {
    writeFileSync(path, JSON.stringify(entries))
  }
  write([team()])
  return {
    path,
    log,
    replace: async (...entries: readonly Entry[]) => {
      const before = readings()
      write(entries)
      await until('the consumers were read again', () => readings() > before)
    }
  }
}

/** A VDAB whose details wait until they are released. */
const createHeld = () => {
  const waiting: (() => void)[] = []
  let isHeld = false
  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '', 'http://vdab')
    const ids =
      request.method === 'POST'
        ? ((await readJson(request)) as { vacatureIds: string[] }).vacatureIds
        : [pathname.split('/').pop() ?? '']
    if (isHeld && !pathname.endsWith('/initial'))
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
      })
    const vacatures = ids.map((id) => ({
      vacatureReferentie: { interneReferentie: id },
      status: 'GEPUBLICEERD',
      sollicitatieprocedure: { contactpersoon: { naam: 'Proef Persoon' } }
    }))
    const list = {
      aantal: 300,
      resultaten: Array.from({ length: 300 }, (_, index) => ({
        vacatureReferentie: { interneReferentie: uuid(index) },
        status: 'GEPUBLICEERD'
      }))
    }
    const body = pathname.includes('kandidaten')
      ? { cvId: ids[0], natuurlijkPersoon: { voornaam: 'Proef', email: 'proef@proef.example' } }
      : pathname.endsWith('/initial')
        ? list
        : pathname.endsWith('/bulk')
          ? { aantal: 1, resultaten: [{ interneReferentie: uuid(1), status: 'GEPUBLICEERD' }] }
          : request.method === 'POST'
            ? { aantal: vacatures.length, resultaten: vacatures }
            : vacatures[0]
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  return {
    handler,
    hold: () => {
      isHeld = true
    },
    /** Resolves once this number of requests waits. */
    asked: (count = 1) => until('VDAB is asked', () => waiting.length >= count),
    /** Releases the waiting requests and all later ones, or only one of them. */
    letGo: () => {
      isHeld = false
      for (const go of waiting.splice(0)) go()
    },
    letOneGo: (index: number) => {
      waiting.splice(index, 1)[0]?.()
    }
  }
}

const buildHeld = async (t: Test, env: Record<string, string> = {}) => {
  const held = createHeld()
  const consumers = consumersOf()
  const AUDIT_FILE = auditFile()
  const gateway = await buildBefore(t, held.handler, {
    CONSUMERS_FILE: consumers.path,
    AUDIT_FILE,
    ...env
  })
  consumers.log.lines = gateway.lines
  const at = { url: gateway.url, look: () => {} }
  const records = () =>
    readFileSync(AUDIT_FILE, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRecord)
      .filter((record) => 'cvId' in record)
  const calls = () => gateway.lines.filter((line) => line.includes('VDAB was called')).length
  return { ...held, consumers, at, url: gateway.url, records, calls, file: AUDIT_FILE }
}
type Gateway = Awaited<ReturnType<typeof buildHeld>>

const ask = async (url: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) => {
  const answer = await fetch(url, {
    ...init,
    headers: { ...shown, 'content-type': 'application/json', ...init.headers }
  })
  return `${answer.status} ${await answer.text()}`
}
const posted = ({ url }: Gateway, body: unknown, headers: Record<string, string> = {}) =>
  ask(`${url}/graphql`, { method: 'POST', body: JSON.stringify(body), headers })
const vacature = (id: string) => ({
  query: 'query($id: ID!) { vacature(id: $id) { id sollicitatieprocedure { contactpersoon { naam } } } }',
  variables: { id }
})
const kandidaat = (id: string) => ({
  query: 'query($id: ID!) { kandidaat(id: $id) { natuurlijkPersoon { voornaam email } } }',
  variables: { id }
})

/** Every way to request one record, and its answer while VDAB is held back. */
const doors: Readonly<
  Record<
    string,
    { vacature: (at: Gateway, id: string) => Promise<string>; kandidaat: (at: Gateway, id: string) => Promise<string> }
  >
> = {
  REST: {
    vacature: ({ url }, id) => ask(`${url}/services/openservices/v2/vacatures/${id}`),
    kandidaat: ({ url }, id) => ask(`${url}/services/openservices/v1/kandidaten/${id}`)
  },
  GraphQL: { vacature: (at, id) => posted(at, vacature(id)), kandidaat: (at, id) => posted(at, kandidaat(id)) },
  'GraphQL in a list': {
    vacature: (at, id) => posted(at, [{ query: '{ __typename }' }, vacature(id)]),
    kandidaat: (at, id) => posted(at, [kandidaat(id), { query: '{ __typename }' }])
  },
  'server-sent events': {
    vacature: (at, id) => posted(at, vacature(id), { accept: 'text/event-stream' }),
    kandidaat: (at, id) => posted(at, kandidaat(id), { accept: 'text/event-stream' })
  },
  WebSocket: {
    vacature: async ({ at }, id) => onSocket(at, vacature(id)),
    kandidaat: async ({ at }, id) => onSocket(at, kandidaat(id))
  }
}
const onSocket = async (at: Gateway['at'], { query, variables }: { query: string; variables: object }) => {
  const socket = await connect(at, { key: 'team-key' })
  const answer = await Promise.race([
    socket.ask(query, { variables }).then((message) => JSON.stringify(message)),
    socket.closed.then(String)
  ])
  socket.socket.terminate()
  return answer
}

/** These send their final message in the body, since the status has been sent. */
const isLive = new Set(['server-sent events', 'WebSocket'])
const changes: readonly {
  what: string
  entries: readonly Entry[][]
  vacature: RegExp
  kandidaat: RegExp
  isLess?: boolean
  isGone?: boolean
}[] = [
  {
    what: 'a scope for marked fields is gone',
    entries: [[team({ scopes: without('vacatures:contact', 'kandidaten:contact') })]],
    vacature: /aaaaaaaa|"contactpersoon"/,
    kandidaat: /Proef/,
    isLess: true
  },
  {
    what: 'the scope itself is gone',
    entries: [[team({ scopes: ['beheer'] })]],
    vacature: /FORBIDDEN/,
    kandidaat: /FORBIDDEN/,
    isLess: true
  },
  {
    what: 'the key is revoked',
    entries: [[team({ sha256: sha256('other-key') })]],
    vacature: /UNAUTHENTICATED|FORBIDDEN|4403/,
    kandidaat: /UNAUTHENTICATED|FORBIDDEN|4403/,
    isLess: true,
    isGone: true
  },
  {
    what: 'the consumer is removed',
    entries: [[]],
    vacature: /UNAUTHENTICATED|FORBIDDEN|4403/,
    kandidaat: /UNAUTHENTICATED|FORBIDDEN|4403/,
    isLess: true,
    isGone: true
  },
  {
    what: 'the consumer is renamed',
    entries: [[team({ name: 'renamed' })]],
    vacature: /Proef Persoon/,
    kandidaat: /proef@proef/
  },
  {
    what: 'a second key is added',
    entries: [[team({ sha256: [sha256('team-key'), sha256('next-key')] })]],
    vacature: /Proef Persoon/,
    kandidaat: /proef@proef/
  },
  {
    what: 'the consumer is removed and added again',
    entries: [[], [team()]],
    vacature: /Proef Persoon|4403|FORBIDDEN/,
    kandidaat: /proef@proef|4403|FORBIDDEN/
  }
]

t.test(
  'an answer in progress is sent as the access rights of its consumer allow at that time, at every door',
  async (t) => {
    const run = async (door: string, { vacature: askVacature, kandidaat: askKandidaat }: (typeof doors)[string]) => {
      const gateway = await buildHeld(t)
      // From the second request on, the fast path answers if it can.
      await askVacature(gateway, uuid(900))
      await askVacature(gateway, uuid(901))
      for (const [index, change] of changes.entries()) {
        const what = `${door}: ${change.what}`
        await gateway.consumers.replace(team())
        gateway.hold()
        const answers = [askVacature(gateway, uuid(1000 + index)), askKandidaat(gateway, uuid(2000 + index))]
        await gateway.asked(2)
        for (const entries of change.entries) await gateway.consumers.replace(...entries)
        gateway.letGo()
        const [ofVacature = '', ofKandidaat = ''] = await Promise.all(answers)
        t.match(ofVacature, change.vacature, what)
        t.match(ofKandidaat, change.kandidaat, what)
        if (change.isLess) t.notMatch(ofVacature + ofKandidaat, /Proef Persoon|proef@proef/, what)
        if (change.isGone && !isLive.has(door)) t.match([ofVacature, ofKandidaat], [/^401 /, /^401 /], what)
      }
      const lastOf = (cvId: string) =>
        gateway
          .records()
          .filter((record) => record.cvId === cvId)
          .at(-1)
      t.strictSame(
        lastOf(uuid(2000))?.groepen.filter((group) => group !== 'kandidaten'),
        ['kandidaten:identiteit'],
        `${door}: the record contains the fields that were sent in the end`
      )
      t.equal(lastOf(uuid(2004))?.consumer, 'renamed')
    }
    await Promise.all(Object.entries(doors).map(([door, ways]) => run(door, ways)))
  }
)

const isFastPathOff = process.env['FAST_PATH'] === 'off' && 'FAST_PATH=off: this is a test of the fast path itself'
t.test(
  'an answer in progress leaves the fast path when its consumer has changed',
  { skip: isFastPathOff },
  async (t) => {
    const gateway = await buildHeld(t)
    const line = await dial(gateway.url)
    const send = (index: number) =>
      line.write(
        written(
          'POST /graphql',
          ['X-Api-Key: team-key', 'Content-Type: application/json'],
          JSON.stringify({ query: 'query($id: ID!) { vacature(id: $id) { id } }', variables: { id: uuid(index) } })
        )
      )
    const read = async () => {
      const raw = await line.next()
      return [
        raw?.names[0] === 'content-type' ? 'past it' : 'its way',
        raw?.status,
        /"code":"(\w+)"|"id":"(Vacature)/
          .exec(raw?.body.toString() ?? '')
          ?.slice(1)
          .join('')
      ]
    }
    const during = async (index: number, ...entries: Entry[]) => {
      await gateway.consumers.replace(team())
      gateway.hold()
      await send(index)
      await gateway.asked()
      // The same request, while fastify answers the first, waits for that answer on the fast path.
      await send(index)
      await fetch(`${gateway.url}/health/live`)
      await gateway.consumers.replace(...entries)
      gateway.letGo()
      await read()
      return read()
    }
    t.strictSame(await during(10, team({ sha256: [sha256('team-key'), sha256('next-key')] })), [
      'past it',
      200,
      'Vacature'
    ])
    t.strictSame(await during(11, team({ scopes: without('vacatures') })), ['its way', 200, 'FORBIDDEN'])
    t.strictSame(await during(12, team({ name: 'renamed' })), ['its way', 200, 'Vacature'])
    t.strictSame(await during(13), ['its way', 401, 'UNAUTHENTICATED'])
    line.end()
  }
)

t.test('a page of audit records is cut off when its reader loses the right to read it', async (t) => {
  const gateway = await buildHeld(t, { REQUESTS_PER_MINUTE: '100000' })
  const cvId = uuid(5000)
  await doors['REST']?.kandidaat(gateway, cvId)
  const [record] = gateway.records()
  appendFileSync(gateway.file, `${JSON.stringify({ ...record, doel: 'd'.repeat(200_000) })}\n`.repeat(200))
  const asked = httpRequest(`${gateway.url}/api/audit/kandidaten/${cvId}?aantal=1000`, { headers: shown })
    .on('error', () => {})
    .end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  await gateway.consumers.replace(team({ scopes: without('beheer') }))
  response.on('error', () => {}).resume()
  await new Promise((resolve) => response.once('close', resolve))
  t.equal(response.complete, false)
})

t.test('a page of changes in progress is sent only to consumers who may still read it', async (t) => {
  const held = createHeld()
  const consumers = consumersOf()
  const { url } = await buildBefore(t, held.handler, { CONSUMERS_FILE: consumers.path, FEED_INTERVAL_MS: '3600000' })
  const cursor = (JSON.parse((await ask(`${url}/api/vacatures/wijzigingen`)).slice(4)) as { cursor: string }).cursor
  held.hold()
  const page = ask(`${url}/api/vacatures/wijzigingen?sinds=${cursor}`)
  await held.asked()
  await consumers.replace(team({ scopes: without('vacatures') }))
  held.letGo()
  t.match(await page, /^403 .*"FORBIDDEN"/)
})

/** An export that is read line by line. */
const open = async (url: string) => {
  const asked = httpRequest(`${url}/api/vacatures/export`, { headers: shown })
    .on('error', () => {})
    .end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  response
    .setEncoding('utf8')
    .on('error', () => {})
    .on('data', (part: string) => {
      text += part
    })
  const ended = new Promise<boolean>((resolve) => {
    response.on('close', () => {
      resolve(response.complete)
    })
  })
  return { ended, lines: () => text.split('\n').slice(0, -1) }
}
const names = (lines: readonly string[]) => lines.filter((line) => line.includes('Proef Persoon')).length
const lastOf = (lines: readonly string[]) => JSON.parse(lines.at(-1) ?? '') as object

t.test(
  'once a scope is lost, an export hides contact persons of all further vacancies, also prefetched ones, and its last line says so',
  async (t) => {
    const gateway = await buildHeld(t)
    const batches = async () => {
      await gateway.consumers.replace(team())
      gateway.hold()
      const copy = await open(gateway.url)
      await gateway.asked(3)
      return copy
    }
    const ahead = await batches()
    const before = gateway.calls()
    gateway.letOneGo(2)
    gateway.letOneGo(1)
    await until('two batches wait behind the first', () => gateway.calls() === before + 2)
    await gateway.consumers.replace(team({ scopes: without('vacatures:contact') }))
    gateway.letGo()
    t.equal(await ahead.ended, true)
    t.strictSame([ahead.lines().length, names(ahead.lines())], [302, 0])
    t.match(lastOf(ahead.lines()), { compleet: true, aantal: 300, vervallen: ['vacatures:contact'] })

    const midway = await batches()
    gateway.letOneGo(0)
    await until('the first batch has arrived', () => midway.lines().length === 101)
    await gateway.consumers.replace(team({ scopes: without('vacatures:contact') }))
    gateway.letGo()
    t.equal(await midway.ended, true)
    t.strictSame([names(midway.lines().slice(0, 101)), names(midway.lines().slice(101))], [100, 0])
    t.match(lastOf(midway.lines()), { compleet: true, aantal: 300, vervallen: ['vacatures:contact'] })

    const back = await batches()
    await gateway.consumers.replace(team({ scopes: without('vacatures:contact') }))
    await gateway.consumers.replace(team({ name: 'renamed' }))
    gateway.letGo()
    t.equal(await back.ended, true)
    t.equal(names(back.lines()), 300)
    t.notOk('vervallen' in lastOf(back.lines()))
  }
)

t.test('an export ends without a last line and frees its slot when its scope or its consumer is removed', async (t) => {
  const gateway = await buildHeld(t, { EXPORT_MAX_PER_CONSUMER: '1' })
  for (const entries of [[team({ scopes: without('vacatures') })], [team({ sha256: sha256('other-key') })], []]) {
    await gateway.consumers.replace(team())
    gateway.hold()
    const copy = await open(gateway.url)
    await gateway.asked(3)
    gateway.letOneGo(0)
    await until('the first batch has arrived', () => copy.lines().length === 101)
    await gateway.consumers.replace(...entries)
    t.equal(await copy.ended, false, 'the export ends while a call to VDAB is in progress')
    t.equal(copy.lines().length, 101)
    gateway.letGo()
  }
})

t.test(
  'an export, a stream of changes and a subscription end with the scope that they need, each with its final message',
  async (t) => {
    const consumers = consumersOf()
    const gateway = await build(t, {
      simulator: { vacatures: 20, kandidaten: 20 },
      env: { CONSUMERS_FILE: consumers.path, FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0' }
    })
    await gateway.poll()
    const stream = eventsAt(`${gateway.url}/api/vacatures/wijzigingen`, { headers: shown, key: 'team-key' })
    const next = async () => {
      for (;;) {
        const { value } = await stream.next()
        if (value === undefined || value.event !== '') return value
      }
    }
    t.match(await next(), { event: 'cursor' })
    const query = 'subscription { vacatureGewijzigd { id } }'
    const socket = await connect(gateway, { key: 'team-key' })
    socket.send({ type: 'subscribe', id: 'a', payload: { query } })
    const events = await listen(gateway, { query }, { key: 'team-key' })
    const people = await listen(
      gateway,
      { query: 'subscription { kandidaatGewijzigd { cvId kandidaat { natuurlijkPersoon { voornaam email } } } }' },
      { key: 'team-key' }
    )
    await gateway.simulator.patch('vacatures/aaaaaaaa-0000-4000-8000-000000000001', {})
    await gateway.poll()
    t.match(
      [await next(), await socket.next(), await events.payload()],
      [{ event: 'wijziging' }, { type: 'next' }, { data: { vacatureGewijzigd: {} } }]
    )

    await consumers.replace(team({ scopes: without('vacatures', 'kandidaten:contact') }))
    t.match(await next(), {
      event: 'einde',
      data: { reden: 'fout', code: 'FORBIDDEN', message: /"vacatures"/, cursor: String }
    })
    t.equal(await next(), undefined)
    const refused = {
      data: null,
      errors: [{ message: /"vacatures"/, extensions: { code: 'FORBIDDEN', cursor: String } }]
    }
    t.match(
      [await socket.next(), await socket.next()],
      [
        { type: 'next', id: 'a', payload: refused },
        { type: 'complete', id: 'a' }
      ]
    )
    t.match(
      [await events.payload(), await events.next(), await events.ended],
      [refused, { event: 'complete' }, 'ended']
    )

    await gateway.simulator.patch('kandidaten/bbbbbbbb-0000-4000-8000-000000000001', {})
    await gateway.poll()
    t.match(
      await people.payload(),
      {
        data: { kandidaatGewijzigd: { kandidaat: { natuurlijkPersoon: { email: null } } } },
        extensions: { verborgen: ['kandidaatGewijzigd.kandidaat.natuurlijkPersoon.email'] }
      },
      'fields of a lost scope that it does not need are hidden from the next event on'
    )
    await consumers.replace(team({ sha256: sha256('other-key') }))
    t.match(
      [await people.payload(), await people.next(), await people.ended],
      [{ errors: [{ extensions: { code: 'FORBIDDEN' } }] }, { event: 'complete' }, 'ended']
    )
    t.strictSame(await socket.closed, [4403, 'Forbidden'])
  }
)

t.test(
  'a stream of changes ends with its final message when its key is revoked, also during a call to VDAB',
  async (t) => {
    const held = createHeld()
    const consumers = consumersOf()
    const { url } = await buildBefore(t, held.handler, { CONSUMERS_FILE: consumers.path, FEED_INTERVAL_MS: '3600000' })
    const cursor = (JSON.parse((await ask(`${url}/api/vacatures/wijzigingen`)).slice(4)) as { cursor: string }).cursor
    held.hold()
    const found: unknown[] = []
    const reading = (async () => {
      for await (const { event, data } of eventsAt(`${url}/api/vacatures/wijzigingen?sinds=${cursor}`, {
        headers: shown,
        key: 'team-key'
      }))
        if (event === 'einde') found.push(data)
    })()
    await held.asked()
    await consumers.replace()
    await reading
    t.match(found, [{ reden: 'fout', code: 'FORBIDDEN', message: 'Your key is no longer valid here.' }])
    held.letGo()
  }
)

t.test('a WebSocket is closed when its consumer has no scope left', async (t) => {
  const gateway = await buildHeld(t)
  const socket = await connect(gateway.at, { key: 'team-key' })
  await gateway.consumers.replace(team({ scopes: [] }))
  t.strictSame(await socket.closed, [4403, 'Forbidden'])
})

t.test('a reload of consumers applies to open connections of every worker', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(path, JSON.stringify([team()]))
  const gateway = await runWorkers(t, { CONSUMERS_FILE: path, FEED_INTERVAL_MS: '3600000' })
  const words: string[] = []
  const streams = Array.from({ length: 8 }, async () => {
    for await (const { event, data } of eventsAt(`${gateway.url}/api/vacatures/wijzigingen`, {
      headers: shown,
      key: 'team-key'
    })) {
      words.push(event)
      if (event === 'einde') return (data as { code: string }).code
    }
    return 'no last word'
  })
  await until('all are open', () => words.filter((event) => event === 'cursor').length === 8)
  writeFileSync(path, JSON.stringify([team({ scopes: ['kandidaten'] })]))
  t.strictSame(
    await Promise.all(streams),
    streams.map(() => 'FORBIDDEN')
  )
})

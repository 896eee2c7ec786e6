import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { build, buildBefore } from '../helper.ts'

const turn = () =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
/** Waits until the condition holds, or the test times out. */
const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await turn()
}

const lists = [
  'arbeidscontractduren',
  'arbeidscontracten',
  'arbeidsregimes',
  'arbeidsstelsels',
  'attesten',
  'competenties',
  'diplomas',
  'jobdomeinen',
  'rijbewijzen',
  'sjablonen',
  'softskills',
  'studieboom',
  'talen'
]
const page =
  '{ vacatures(first: 50) { nodes { functie { jobdomeinen { code label } } arbeidsovereenkomst { arbeidsContract { code label } } } } }'
const json = (body: unknown) => JSON.stringify(body)

void t.test(
  'the lists are loaded at the start, one call each, so that the first page needs no list call',
  async (t) => {
    const { query, simulator } = await build(t, { env: { WARM_START: 'on' } })
    await until(async () => (await simulator.calls()).total >= lists.length)
    t.same((await simulator.calls()).perEndpoint, Object.fromEntries(lists.map((name) => [`GET /${name}`, 1])))
    await simulator.reset()
    const { data, errors } = await query(page)
    t.equal(errors, undefined)
    t.ok(
      (data as { vacatures: { nodes: { functie: { jobdomeinen: { label: string }[] } }[] } }).vacatures.nodes[0]
        ?.functie.jobdomeinen[0]?.label
    )
    t.same((await simulator.calls()).perEndpoint, { 'GET /vacatures': 1, 'POST /vacatures': 1 })
  }
)

void t.test('a start without warm-up makes no call', async (t) => {
  const { simulator } = await build(t)
  for (let turns = 0; turns < 100; turns += 1) await turn()
  t.equal((await simulator.calls()).total, 0)
})

void t.test(
  'lists are loaded as background work, a few at a time, and a request joins a load in progress',
  async (t) => {
    const pending: (() => void)[] = []
    const requested: string[] = []
    const { query, lines } = await buildBefore(
      t,
      async ({ url = '' }, response) => {
        requested.push(url.split('/').at(-1) ?? '')
        if (!url.includes('jobdomeinen'))
          await new Promise<void>((resolve) => {
            pending.push(resolve)
          })
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(json([{ code: 'N', beschrijving: 'Nederlands' }]))
      },
      { WARM_START: 'on', VDAB_BACKGROUND_CONCURRENCY: '2' }
    )
    await until(() => pending.length === 2)
    const [, , second = ''] = requested
    t.equal(requested.length, 3, 'one list is loaded first, and then two at a time')
    const label = (lijst: string) => query(`{ referentie(lijst: ${lijst.toUpperCase()}, code: "N") { label } }`)
    const joined = label(second)
    const other = label('talen')
    await until(() => pending.length === 3)
    t.equal(requested.at(-1), 'talen', 'a request that a client waits for does not queue behind background calls')
    let isOver = false
    const answers = Promise.all([joined, other]).finally(() => {
      isOver = true
    })
    const release = () => {
      for (const go of pending.splice(0)) go()
    }
    await until(() => {
      release()
      return isOver
    })
    for (const { data } of await answers) t.same(data, { referentie: { label: 'Nederlands' } })
    await until(() => {
      release()
      return (
        new Set(requested).size === lists.length &&
        lines.filter((line) => line.includes('VDAB was called')).length === lists.length
      )
    })
    t.equal(requested.length, lists.length, 'no list was requested twice')
  }
)

void t.test('a list that VDAB refuses is requested once, with one warning, also for the first page', async (t) => {
  let refusals = 0
  let answers = 0
  const { query, lines } = await buildBefore(
    t,
    ({ url = '' }, response) => {
      answers += 1
      if (url.includes('talen')) {
        refusals += 1
        response.writeHead(404).end(json({ moreInformation: 'No resources match requested URI' }))
      } else
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(json([{ code: 'N', beschrijving: 'Nederlands' }]))
    },
    { WARM_START: 'on' }
  )
  await until(() => answers >= lists.length && lines.some((line) => line.includes('TALEN')))
  t.equal(refusals, 1)
  t.equal(lines.filter((line) => line.includes('VDAB refuses the list')).length, 1)
  t.match(await query('{ referentie(lijst: RIJBEWIJZEN, code: "N") { label } }'), {
    data: { referentie: { label: 'Nederlands' } }
  })
})

void t.test('while VDAB fails or is unreachable one list is requested, and the gateway starts', async (t) => {
  let calls = 0
  const { url } = await buildBefore(
    t,
    (_, response) => {
      calls += 1
      response.writeHead(500).end('{}')
    },
    { WARM_START: 'on', VDAB_RETRIES: '0' }
  )
  await until(() => calls === 1)
  for (let turns = 0; turns < 100; turns += 1) await turn()
  t.equal(calls, 1)
  t.equal((await fetch(`${url}/health/live`)).status, 200)
  const away = await buildBefore(
    t,
    (request) => {
      request.socket.destroy()
    },
    { WARM_START: 'on', VDAB_URL: 'http://127.0.0.1:1/services' }
  )
  t.equal((await fetch(`${away.url}/health/live`)).status, 200)
})

/** A VDAB that counts its unused connections, and the calls on used ones. */
const watched = async (t: Parameters<typeof buildBefore>[0], answer: RequestListener) => {
  const asked = new Map<Socket, number>()
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/_simulator')) {
      asked.set(request.socket, (asked.get(request.socket) ?? 0) + 1)
      answer(request, response)
    } else response.writeHead(404, { connection: 'close' }).end()
  })
  server.on('connection', (socket: Socket) => {
    asked.set(socket, 0)
    socket.once('close', () => {
      asked.delete(socket)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
  })
  return {
    asked,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services`,
    idleConnections: () => [...asked].filter(([, count]) => count === 0).map(([socket]) => socket)
  }
}
const emptyList: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"aantal":0,"resultaten":[]}')
}

void t.test('connections are opened before a call needs them, and replaced when one is used', async (t) => {
  let calls = 0
  const vdab = await watched(t, (request, response) => {
    calls += 1
    emptyList(request, response)
  })
  const { get } = await buildBefore(t, () => {}, { VDAB_URL: vdab.url, WARM_START: 'on', VDAB_SPARE_CONNECTIONS: '3' })
  await until(() => calls === lists.length && vdab.idleConnections().length === 3)
  for (const socket of vdab.idleConnections()) t.equal(socket.bytesRead, 0, 'nothing was sent on an unused connection')
  t.equal((await get('/services/openservices/v2/vacatures')).status, 200)
  await until(() => vdab.idleConnections().length === 3)
  t.equal(calls, lists.length + 1)
})

void t.test('a connection that VDAB has closed is not used, and no call fails', async (t) => {
  let calls = 0
  const vdab = await watched(t, (request, response) => {
    calls += 1
    emptyList(request, response)
  })
  const { get } = await buildBefore(t, () => {}, { VDAB_URL: vdab.url, WARM_START: 'on' })
  await until(() => calls === lists.length && vdab.idleConnections().length === 2)
  for (const socket of vdab.asked.keys()) socket.end()
  await until(() => vdab.asked.size === 0)
  t.equal((await get('/services/openservices/v2/vacatures')).status, 200)
  t.equal(calls, lists.length + 1)
})

void t.test('an idle connection that VDAB closes while a call starts is replaced at once', async (t) => {
  let breaks = 0
  const vdab = await watched(t, (request, response) => {
    if ((vdab.asked.get(request.socket) ?? 0) >= 2) {
      breaks += 1
      request.socket.destroy()
    } else emptyList(request, response)
  })
  const { get } = await buildBefore(t, () => {}, { VDAB_URL: vdab.url })
  for (const list of ['talen', 'rijbewijzen', 'attesten'])
    t.equal((await get(`/services/openservices/v1/${list}`)).status, 200)
  t.ok(breaks > 0)
})

void t.test('a gateway that stops leaves no connection open', async (t) => {
  const vdab = await watched(t, emptyList)
  const { app } = await buildBefore(t, () => {}, { VDAB_URL: vdab.url, WARM_START: 'on' })
  await until(() => vdab.idleConnections().length === 2)
  await app.close()
  await until(() => vdab.asked.size === 0)
  t.pass('all connections are closed')
})

import { get as httpGet } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import t from 'tap'
import { buildBefore } from '../helper.ts'
import { eventsAt } from '../live/sse.ts'

const start = Date.parse('2026-03-02T10:00:00.000Z')
const size = 100_000
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
const bulk = /\/vacatures\/bulk\?/

/** A VDAB with 100,000 changes of vacancies ten seconds after the start. */
const createStorm = () => {
  const clock = { now: start }
  let pages = 0
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://vdab')
    const send = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const number = (name: string) => Number(url.searchParams.get(name))
    if (!bulk.test(request.url ?? ''))
      return send(
        url.pathname.endsWith('/bulk')
          ? { aantal: 0, resultaten: [] }
          : { vacatureReferentie: { interneReferentie: url.pathname.split('/').at(-1) }, aantalJobs: pages }
      )
    const isIn =
      Date.parse(url.searchParams.get('van') ?? '') <= start + 10_000 &&
      Date.parse(url.searchParams.get('tot') ?? '') >= start + 10_000
    if (!isIn) return send({ aantal: 0, resultaten: [] })
    pages += 1
    const count = Math.max(0, Math.min(number('aantal'), size - number('vanaf')))
    return send({
      aantal: size,
      resultaten: Array.from({ length: count }, (_, index) => ({
        vacatureReferentie: { interneReferentie: idOf(number('vanaf') + index) },
        status: 'GEPUBLICEERD'
      }))
    })
  }
  return { clock, handler, pages: () => pages }
}

const env = { FEED_INTERVAL_MS: '60000', STREAM_MAX_KB: '1024' }

void t.test('100,000 changes at once are read page by page, and requests are answered in between', async (t) => {
  const storm = createStorm()
  const { changes, query } = await buildBefore(t, storm.handler, env, () => storm.clock.now)
  await changes.poll()
  storm.clock.now += 20_000
  const before = process.memoryUsage().heapUsed
  let isDone = false
  const polled = changes.poll().then(() => {
    isDone = true
  })
  const answeredAt: number[] = []
  for (let index = 0; !isDone; index += 1) {
    await query('query ($id: ID!) { vacature(id: $id) { aantalJobs } }', { id: idOf(size + index) })
    answeredAt.push(storm.pages())
  }
  await polled
  t.equal(storm.pages() >= 50 && storm.pages() <= 52, true, `${storm.pages()} pages`)
  t.ok(new Set(answeredAt).size >= 5, `answers came between ${new Set(answeredAt).size} different pages`)
  t.equal(changes.isFollowed('vacature'), true)
  const grown = (process.memoryUsage().heapUsed - before) / 1024 / 1024
  t.ok(grown < 150, `the heap grew by ${grown.toFixed()} MB, including garbage`)
})

/** The text of a stream that is read only when the test calls `read`. */
const slowly = (url: string, headers: Record<string, string>) =>
  new Promise<{ read: () => Promise<string> }>((resolve, reject) => {
    httpGet(url, { headers: { accept: 'text/event-stream', 'x-api-key': 'team-key', ...headers } }, (response) => {
      response.pause()
      resolve({
        read: async () => {
          let text = ''
          for await (const chunk of response) text += String(chunk)
          return text
        }
      })
    }).on('error', reject)
  })

void t.test('a subscriber too slow for the changes is ended with a cursor, and resumes without a gap', async (t) => {
  const storm = createStorm()
  const { changes, url } = await buildBefore(t, storm.handler, env, () => storm.clock.now)
  await changes.poll()
  const path = `${url}/api/vacatures/wijzigingen`
  const reader = await slowly(path, {})
  storm.clock.now += 20_000
  await changes.poll()
  const text = await reader.read()
  const seen = new Set([...text.matchAll(/"interneReferentie":"([^"]+)"/g)].map(([, id]) => id))
  const [, cursor = ''] = /id: (\S+)\nevent: einde\ndata: {"reden":"traag","cursor":"\1"}\n\n$/.exec(text) ?? []
  t.not(cursor, '', 'the last event has the reason and the cursor')
  t.ok(seen.size < size, `${seen.size} changes were sent`)
  for await (const { event, data } of eventsAt(path, { key: 'team-key', headers: { 'last-event-id': cursor } })) {
    if (event === 'wijziging') seen.add((data as { interneReferentie: string }).interneReferentie)
    if (event === 'einde') t.fail(JSON.stringify(data))
    if (seen.size === size || event === 'einde') break
  }
  t.equal(seen.size, size)
})

void t.test('a subscriber that does not read does not delay the shutdown', async (t) => {
  const storm = createStorm()
  const { app, changes, url } = await buildBefore(t, storm.handler, env, () => storm.clock.now)
  await changes.poll()
  const reader = await slowly(`${url}/api/vacatures/wijzigingen`, {})
  storm.clock.now += 20_000
  await changes.poll()
  await app.close()
  await t.rejects(reader.read(), { code: 'ECONNRESET' }, 'its connection is reset')
})

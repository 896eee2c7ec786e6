import { quantile } from './figures.ts'
import type { Figure, Part } from './figures.ts'
import { startFloors } from './floors.ts'
import { openHerd, requestOf } from './herd.ts'
import { startGateway, withoutWatcher } from './product.ts'
import type { Vdab } from './product.ts'
import { coldPage, detail } from './questions.ts'
import { posted, restDetail } from './warm.ts'
import type { Question } from './load.ts'

const latencyMs = 80
const herdSize = 200

const bytesOf = ({ path, headers, body }: Question) => requestOf(path, headers, body)

/** Each call requests the next page of a chain, which is not cached. */
const pagesOf = (server: Question['server']) => {
  let after: string | null = null
  return {
    next: () => bytesOf(posted(server, coldPage, { after })),
    /** reads the cursor of the next page from an answer */
    turn: (text: string) => {
      ;({
        data: {
          vacatures: {
            pageInfo: { endCursor: after }
          }
        }
      } = JSON.parse(text) as { data: { vacatures: { pageInfo: { endCursor: string } } } })
    } // the selection of coldPage
  }
}

type Pipeline = Awaited<ReturnType<typeof openHerd>>

const askPages = async (vdab: Vdab, herd: Pipeline, pages: ReturnType<typeof pagesOf>, count: number) => {
  const times: number[] = []
  const calls: number[] = []
  await vdab.takeCalls()
  for (let index = 0; index < count; index += 1) {
    const { times: taken, text } = await herd.ask(pages.next())
    pages.turn(text)
    times.push(...taken)
    calls.push(await vdab.takeCalls())
  }
  return {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    callsPerRequest: calls.reduce((sum, each) => sum + each, 0) / times.length,
    calls: Math.max(...calls)
  }
}

/** Single cold details, alternately from VDAB itself, by GraphQL and by REST: the median ms of each. */
const askAlone = async (vdab: Vdab, gateway: Question['server'], ids: readonly string[]) => {
  const [direct, through] = [await openHerd(vdab.url, 1), await openHerd(gateway.url, 1)]
  const times: { vdab: number[]; graphql: number[]; rest: number[] } = { vdab: [], graphql: [], rest: [] }
  const headers = { 'x-ibm-client-id': 'bench' }
  for (let at = 0; at + 3 <= ids.length; at += 3) {
    const [first = '', second = '', third = ''] = ids.slice(at, at + 3)
    times.vdab.push(...(await direct.ask(requestOf(`/services/openservices/v2/vacatures/${first}`, headers))).times)
    times.graphql.push(...(await through.ask(bytesOf(posted(gateway, detail, { id: second })))).times)
    times.rest.push(...(await through.ask(bytesOf(restDetail(gateway, third)))).times)
  }
  direct.close()
  through.close()
  return times
}

/** The two calls of a page of 50, sent in turn to VDAB itself: the ms of both together. */
const askBoth = async (vdab: Vdab, count: number) => {
  const direct = await openHerd(vdab.url, 1)
  const times: number[] = []
  const path = '/services/openservices/v2/vacatures'
  const headers = { 'x-ibm-client-id': 'bench', 'content-type': 'application/json' }
  for (let index = 0; index < count; index += 1) {
    const list = await direct.ask(requestOf(`${path}?aantal=50&vanaf=${index * 50}`, headers))
    const { resultaten } = JSON.parse(list.text) as {
      resultaten: { vacatureReferentie: { interneReferentie: string } }[]
    } // the simulator's envelope
    const details = await direct.ask(
      requestOf(
        path,
        headers,
        JSON.stringify({
          vacatureIds: resultaten.map(({ vacatureReferentie }) => vacatureReferentie.interneReferentie)
        })
      )
    )
    times.push((list.times[0] ?? NaN) + (details.times[0] ?? NaN))
  }
  direct.close()
  return quantile(times, 0.5)
}

/** The same load on bare fastify, which sends the same bytes after this number of ms. */
const askFloor = async (question: Question, waitMs: number, herds: number) => {
  const {
    fastify: {
      server,
      questions: { page }
    },
    http
  } = await startFloors({ page: question }, { waitMs })
  const herd = await openHerd(server.url, herdSize)
  await herd.ask(requestOf('/ready', {}))
  const times: number[] = []
  for (let index = 0; index < herds; index += 1) times.push(...(await herd.ask(bytesOf(page))).times)
  herd.close()
  await server.end()
  await http.server.end()
  return times
}

const lone = (what: string, times: readonly number[], floor: number): Figure => ({
  what,
  value: quantile(times, 0.5) - floor,
  unit: 'ms',
  target: { most: 5 },
  p50: quantile(times, 0.5),
  p99: quantile(times, 0.99),
  note: `above VDAB called directly, ${floor.toFixed(1)} ms`
})

type Warming = { one: Pipeline; many: Pipeline; pages: ReturnType<typeof pagesOf>; others: readonly string[] }

/** Warms up everything else: the reference lists, the code, the connections to VDAB. */
const warm = async (gateway: Awaited<ReturnType<typeof startGateway>>, { one, many, pages, others }: Warming) => {
  for (let index = 0; index < 3; index += 1) pages.turn((await one.ask(pages.next())).text)
  for (const id of others) await one.ask(bytesOf(posted(gateway, detail, { id })))
  await many.ask(requestOf('/health/live', {}))
}

/** W3, W4 and a single detail: cold requests, at 80 ms upstream. */
export const benchCold = async (
  vdab: Vdab,
  { coldPages, herds, loneDetails }: { coldPages: number; herds: number; loneDetails: number }
): Promise<Part> => {
  const gateway = await startGateway({ vdab: vdab.base, env: withoutWatcher })
  const [one, many] = [await openHerd(gateway.url, 1), await openHerd(gateway.url, herdSize)]
  const pages = pagesOf(gateway)
  const far = (await vdab.ids(20_000)).slice(-loneDetails * 3)
  const others = (await vdab.ids(10_000)).slice(-40)
  await warm(gateway, { one, many, pages, others })

  await vdab.tell('PUT', 'faults', { latencyMs })
  const alone = await askAlone(vdab, gateway, far)
  const single = await askPages(vdab, one, pages, coldPages)
  const herd = await askPages(vdab, many, pages, herds)
  const both = await askBoth(vdab, Math.min(coldPages, 10))
  await vdab.tell('DELETE', 'faults')
  const bare = await askFloor(posted(gateway, coldPage, { after: null }), Math.round(both), herds)
  one.close()
  many.close()
  await gateway.end()

  const floor = quantile(alone.vdab, 0.5)
  return {
    title: `Cold: VDAB takes ${latencyMs} ms for each call (${coldPages} pages, ${herds} herds, ${loneDetails} details)`,
    figures: [
      {
        what: 'W3 cold page of 50, p50',
        value: single.p50,
        unit: 'ms',
        target: { most: 2 * latencyMs + 35 },
        p50: single.p50,
        p99: single.p99,
        callsPerRequest: single.callsPerRequest
      },
      { what: 'its two calls, sent to VDAB itself', value: both, unit: 'ms' },
      { what: 'W3 calls to VDAB for a page, at most', value: single.calls, unit: 'calls', target: { most: 2 } },
      {
        what: `W4 herd of ${herdSize} identical cold pages, p99`,
        value: herd.p99,
        unit: 'ms',
        target: { most: 3 * latencyMs + 10 },
        p50: herd.p50,
        p99: herd.p99,
        callsPerRequest: herd.callsPerRequest
      },
      {
        what: `bare fastify, the same bytes after ${both.toFixed(0)} ms, p99`,
        value: quantile(bare, 0.99),
        unit: 'ms',
        p50: quantile(bare, 0.5),
        p99: quantile(bare, 0.99)
      },
      { what: 'W4 calls to VDAB for a herd, at most', value: herd.calls, unit: 'calls', target: { most: 2 } },
      lone('lone cold detail, GraphQL', alone.graphql, floor),
      lone('lone cold detail, REST', alone.rest, floor)
    ]
  }
}

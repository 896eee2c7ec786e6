import type { Door } from '../test/upstream/doors.ts'
import { askAt, connections, startFailing } from './failing.ts'
import type { Failing, Profile } from './failing.ts'

/** A request that no cache can answer. */
const doorOf = (index: number): Door => ({ endpoint: '', query: '', path: `v2/vacatures?aantal=1&vanaf=${index}` })

let asked = 0
/** Sends requests on this number of connections for this time: the number of requests, and of those with data. */
const askFor = async ({ pool }: Failing, ms: number, atOnce = connections) => {
  const until = performance.now() + ms
  let [requests, succeeded] = [0, 0]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) {
        const { codes } = await askAt(pool, doorOf(asked++), true)
        requests += 1
        if (codes.length === 0) succeeded += 1
        else await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })
  )
  return { requests, succeeded }
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
const say = (text: string) => void process.stdout.write(`${text}\n`)

/** One call in ten fails; then all fail, and recover. Every request is a new query. */
export const benchOutages = async (profile: Profile) => {
  const failing = await startFailing(profile)
  const { tell, takeCalls, gateway } = failing
  await askFor(failing, 1000)
  await takeCalls()
  const faults = [
    { status: 500, rate: 0.034 },
    { status: 503, rate: 0.034 },
    { kind: 'reset', rate: 0.0355 }
  ]
  await tell('PUT', 'faults', faults)
  const { requests, succeeded } = await askFor(failing, 6000)
  const added = (await takeCalls()) / requests - 1
  say(
    `${profile}, 10 % of calls fail: ${requests} requests, ${percent(succeeded / requests)} succeed, ${percent(added)} calls added`
  )

  await tell('PUT', 'faults', { status: 500 })
  const perSecond: number[] = []
  for (let second = 0; second < 8; second += 1) {
    await askFor(failing, 1000)
    perSecond.push(await takeCalls())
  }
  say(`${profile}, 100 % fail: calls in each second ${perSecond.join(' ')}`)
  await tell('DELETE', 'faults')
  const healedAt = performance.now()
  let recoveredMs: number | undefined
  for (let step = 0; step < 50 && recoveredMs === undefined; step += 1) {
    const seen = await askFor(failing, 100, 5)
    if (seen.succeeded === seen.requests) recoveredMs = performance.now() - healedAt
  }
  say(`${profile}, healed: all requests succeed after ${recoveredMs?.toFixed() ?? 'more than 5000'} ms`)
  await failing.close()
  await gateway.end()
}

// The built gateway, which also reports its memory, GC pauses and handles; `dist/cli.js` cannot.
import { PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { readConfig } from '../dist/config/index.js'
import { buildServer } from '../dist/server.js'

setFlagsFromString('--no-allocation-site-pretenuring') // as dist/commands/serve.js does
const config = readConfig(process.env)
const { app, events } = await buildServer(config)
// Without these listeners, the benchmark measures what metrics cost.
if (process.env.BENCH_UNHEARD === 'on')
  for (const name of ['answered', 'answerLookup', 'batch', 'booked', 'cache', 'personalRead', 'watched'])
    events.removeAllListeners(name)

let pauses = []
const majorKind = 4
new PerformanceObserver((list) => {
  for (const { duration, detail } of list.getEntries()) pauses.push([duration, detail.kind === majorKind ? 1 : 0])
}).observe({ entryTypes: ['gc'] })

const answers = {
  memory: () => {
    for (let again = 0; again < 3; again += 1) globalThis.gc?.()
    return process.memoryUsage()
  },
  handles: () => {
    const active = process.getActiveResourcesInfo()
    const count = (pattern) => active.filter((name) => pattern.test(name)).length
    return { sockets: count(/^(TCP|TLS)/), timers: count(/^Timeout/), requests: count(/^(?!TCP|TLS|Timeout)/) }
  },
  pauses: () => {
    const taken = pauses
    pauses = []
    return { pauses: taken }
  }
}
process.on('message', (name) => process.send(answers[name]()))
process.on('disconnect', () => process.exit())
process.on('SIGTERM', () => process.exit())
await app.listen({ host: config.host, port: config.port })

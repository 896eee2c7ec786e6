// The built gateway with one part left out, or with its memory told: what `dist/cli.js` cannot be asked.
import { PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { readConfig } from '../dist/config.js'
import { buildServer } from '../dist/server.js'

setFlagsFromString('--no-allocation-site-pretenuring') // as dist/serve.js does
const without = process.argv.slice(2)
const config = readConfig(process.env)
const { app } = await buildServer(config, { without })

let pauses = []
const majorKind = 4
new PerformanceObserver((list) => {
  for (const { duration, detail } of list.getEntries()) pauses.push([duration, detail.kind === majorKind ? 1 : 0])
}).observe({ entryTypes: ['gc'] })

const answers = {
  // Is `without` known to this build? Otherwise nothing was left out.
  knows: () => ({ knows: String(buildServer).includes('without') }),
  memory: () => {
    for (let again = 0; again < 3; again += 1) globalThis.gc?.()
    return process.memoryUsage()
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

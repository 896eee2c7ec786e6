import { readConfig } from '../src/config/index.ts'
import { buildServer } from '../src/server.ts'

// The gateway in its own process, to measure only its memory; with a small cache, so that the cached answers of other
// requests do not count for the export.
const settings = {
  CACHE_MAX_MB: '8',
  VDAB_URL: process.env['VDAB_URL'],
  VDAB_API_KEY: 'bench',
  PORT: '0',
  REQUESTS_PER_MINUTE: '1000000',
  COST_PER_MINUTE: '1000000000'
}
const { app } = await buildServer(readConfig(settings), { stream: { write: () => {} } })
process.on('message', () => {
  process.send?.({ rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit())
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })

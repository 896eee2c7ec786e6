import { keepAlive } from '../graphql/wire.ts'
import type { Abonnementen } from '../abonnementen/index.ts'
import type { Access } from './access.ts'
import type { Core } from './core.ts'
import type { Upstream } from './upstream.ts'

const sweepMs = 30_000

/** Starts the background work when the server listens, and ends it with the server. */
export const registerLifecycle = (
  { app, config, sharing, far, traces }: Core,
  access: Access,
  upstream: Upstream,
  abonnementen: Abonnementen | undefined
) => {
  const { vdab, changes, warmUp, client, credentials, embedded, enrichment, opened, lives } = upstream
  const sweeping = setInterval(() => vdab.dropStalePeople(), sweepMs).unref()
  const stopPinging = keepAlive(app.websocketServer.clients, config.stream.heartbeatMs)
  // Streams end before the server waits for its running requests.
  app.addHook('preClose', async () => {
    await abonnementen?.stop()
    await lives?.stop()
    changes.stop()
    warmUp.stop()
  })
  app.addHook('onListen', async () => {
    changes.start()
    lives?.start()
    if (config.feed.intervalMs > 0) abonnementen?.start()
    if (config.warmStart) warmUp.start()
  })
  app.addHook('onClose', async () => {
    stopPinging()
    clearInterval(sweeping)
    await enrichment.levensloop?.close()
    opened?.state.close()
    await access.close()
    await sharing?.close()
    far?.close()
    await client.close()
    await credentials.close()
    await embedded?.close()
    await traces?.close()
  })
}

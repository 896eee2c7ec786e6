import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import closeWithGrace from 'close-with-grace'
import type { Config } from '../config/index.ts'
import { buildServer } from '../server.ts'
import type * as Worker from '../workers/worker.ts'

type Server = Awaited<ReturnType<typeof buildServer>>

/** After the gateway has started to listen, logs which VDAB it uses. */
const announce = async (config: Config, { app, health, onSimulator, simulatorUrl }: Server, address: string) => {
  const { log } = app
  for (const name of config.notYet) log.warn(`${name} is set, but this version ignores it`)
  for (const unknown of config.unknown) log.warn(unknown)
  if (onSimulator) {
    log.warn('ON THE SIMULATOR: every vacancy and every person is invented. VDAB_URL and VDAB_API_KEY lead to VDAB.')
    if (simulatorUrl !== undefined)
      log.info(
        `the simulator listens on ${simulatorUrl} (its control API: ${new URL('/_simulator/calls', simulatorUrl).href})`
      )
    const keys = config.consumersFile === undefined ? ' (demo keys: demo-frontend, demo-hr, demo-cv, demo-beheer)' : ''
    log.info(`GraphiQL with VDAB's documented questions: ${address}/graphiql${keys}`)
    return
  }
  const { isReady, upstream } = await health.check()
  if (isReady) log.info('VDAB answers')
  else
    log.error(
      `VDAB does not serve this gateway: ${upstream.reason ?? 'unknown'}. ` +
        'Look at VDAB_URL and VDAB_API_KEY; /health/ready stays 503 until it does.'
    )
}

const listen = async ({ app }: Server, host: string, port: number, name: string) =>
  app.listen({ host, port, listenTextResolver: (address) => `${name} listens on ${address}` })

const serveAlone = async (config: Config) => {
  const server = await buildServer(config)
  const { app, drain } = server
  closeWithGrace({ delay: config.shutdownMs, logger: app.log }, async ({ err, signal }) => {
    if (err) app.log.error({ name: err.name }, 'stopping after an unexpected error')
    if (signal === 'SIGTERM' && config.drainMs > 0) {
      drain()
      await setTimeout(config.drainMs)
    }
    await app.close()
  })
  await announce(config, server, await listen(server, config.host, config.port, 'the gateway'))
}

/** Runs one of several workers. It stops at the request of the primary, or at SIGTERM. */
const serveAsWorker = async (config: Config, { joinPrimary, id }: typeof Worker) => {
  const running: { app?: Server['app']; drain?: Server['drain'] } = {}
  const { close } = closeWithGrace({ delay: config.shutdownMs, skip: ['SIGINT'] }, async ({ err }) => {
    if (err) running.app?.log.error({ name: err.name }, 'stopping after an unexpected error')
    await running.app?.close()
  })
  process.on('SIGINT', () => {}) // a terminal sends it to all processes; the primary then stops the workers
  const shared = await joinPrimary(config, { onStop: close, onDrain: () => running.drain?.() })
  const server = await buildServer(config, { shared })
  running.app = server.app
  running.drain = server.drain
  const address = await listen(server, config.host, shared.port, `worker ${id()}`)
  await shared.listening(address)
  if (id() === 1) await announce(config, server, address)
}

/**
 * Runs the gateway until SIGTERM or SIGINT. Then it accepts no new requests, finishes the running ones, and closes all
 * connections after SHUTDOWN_TIMEOUT_MS. With WORKERS > 1 it runs that many workers, and a primary for their state.
 */
export const serve = async (config: Config) => {
  // With allocation-site pretenuring, V8 puts the plans of one-time documents in the old space until the next full GC.
  setFlagsFromString('--no-allocation-site-pretenuring')
  if (config.workers === 1) return serveAlone(config)
  const worker = await import('../workers/worker.ts')
  if (worker.id() !== undefined) return serveAsWorker(config, worker)
  return (await import('../workers/primary.ts')).servePrimary(config)
}

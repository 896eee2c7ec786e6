import { setFlagsFromString } from 'node:v8'
import closeWithGrace from 'close-with-grace'
import type { Config } from '../config/index.ts'
import { buildServer } from '../server.ts'
import type * as Worker from '../workers/worker.ts'

type Server = Awaited<ReturnType<typeof buildServer>>

/** Says what the gateway runs on, once it listens. */
const announce = async (config: Config, { app, health, onSimulator, simulatorUrl }: Server, address: string) => {
  for (const name of config.notYet) app.log.warn(`${name} is set, but this version does not act on it yet`)
  if (onSimulator) {
    app.log.warn(
      'ON THE SIMULATOR: every vacancy and every person is invented. VDAB_URL and VDAB_API_KEY lead to VDAB.'
    )
    if (simulatorUrl !== undefined)
      app.log.info(
        `the simulator listens on ${simulatorUrl} (its own door: ${new URL('/_simulator/calls', simulatorUrl).href})`
      )
    app.log.info(
      `GraphiQL with VDAB's documented questions: ${address}/graphiql${config.consumersFile === undefined ? ' (demo keys: demo-frontend, demo-hr, demo-cv, demo-beheer)' : ''}`
    )
    return
  }
  const { isReady, upstream } = await health.check()
  if (isReady) app.log.info('VDAB answers')
  else
    app.log.error(
      `VDAB does not serve this gateway: ${upstream.reason ?? 'unknown'}. Look at VDAB_URL and VDAB_API_KEY; /health/ready stays 503 until it does.`
    )
}

const serveAlone = async (config: Config) => {
  const server = await buildServer(config)
  const { app } = server
  closeWithGrace({ delay: config.shutdownMs, logger: app.log }, async ({ err }) => {
    if (err) app.log.error({ name: err.name }, 'stopping after an unexpected error')
    await app.close()
  })
  const address = await app.listen({
    host: config.host,
    port: config.port,
    listenTextResolver: (where) => `the gateway listens on ${where}`
  })
  await announce(config, server, address)
}

/** One worker of several: it stops when the primary says so, or when it is told itself. */
const serveAsWorker = async (config: Config, { joinPrimary, id }: typeof Worker) => {
  const running: { app?: Server['app'] } = {}
  const { close } = closeWithGrace({ delay: config.shutdownMs, skip: ['SIGINT'] }, async ({ err }) => {
    if (err) running.app?.log.error({ name: err.name }, 'stopping after an unexpected error')
    await running.app?.close()
  })
  process.on('SIGINT', () => {}) // a terminal sends it to all, and the primary passes it on
  const shared = await joinPrimary(config, close)
  const server = await buildServer(config, { shared })
  const { app } = server
  running.app = app
  const address = await app.listen({
    host: config.host,
    port: shared.port,
    listenTextResolver: (where) => `worker ${id()} listens on ${where}`
  })
  await shared.listening(address)
  if (id() === 1) await announce(config, server, address)
}

/**
 * Runs the gateway until SIGTERM or SIGINT; then no new request is taken, those under way are answered, and what has not
 * ended after SHUTDOWN_TIMEOUT_MS is cut off. With WORKERS it runs as so many processes, and one that keeps what they share.
 */
export const serve = async (config: Config) => {
  // V8 makes in the old space what once lived long in its place of the code. It came to do so with documents that are asked
  // once, their plans and all that these refer to, which then stay until the next full collection.
  setFlagsFromString('--no-allocation-site-pretenuring')
  if (config.workers === 1) {
    await serveAlone(config)
    return
  }
  const worker = await import('../workers/worker.ts')
  if (worker.id() !== undefined) await serveAsWorker(config, worker)
  else await (await import('../workers/primary.ts')).servePrimary(config)
}

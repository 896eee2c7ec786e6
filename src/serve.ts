import closeWithGrace from 'close-with-grace'
import type { Config } from './config.ts'
import { buildServer } from './server.ts'

/**
 * Runs the gateway until SIGTERM or SIGINT; then no new request is taken, those under way are answered, and what has not
 * ended after SHUTDOWN_TIMEOUT_MS is cut off.
 */
export const serve = async (config: Config) => {
  const { app, health, onSimulator, simulatorUrl } = await buildServer(config)
  closeWithGrace({ delay: config.shutdownMs, logger: app.log }, async ({ err }) => {
    if (err) app.log.error({ name: err.name }, 'stopping after an unexpected error')
    await app.close()
  })
  const address = await app.listen({ host: config.host, port: config.port, listenTextResolver: (where) => `the gateway listens on ${where}` })

  for (const name of config.notYet) app.log.warn(`${name} is set, but this version does not act on it yet`)
  if (onSimulator) {
    app.log.warn('ON THE SIMULATOR: every vacancy and every person is invented. VDAB_URL and VDAB_API_KEY lead to VDAB.')
    if (simulatorUrl !== undefined) app.log.info(`the simulator listens on ${simulatorUrl} (its own door: ${new URL('/_simulator/calls', simulatorUrl).href})`)
    app.log.info(`GraphiQL with VDAB's documented questions: ${address}/graphiql${config.consumersFile === undefined ? ' (demo keys: demo-frontend, demo-hr, demo-cv, demo-beheer)' : ''}`)
    return
  }
  const { isReady, upstream } = await health.check()
  if (isReady) app.log.info('VDAB answers')
  else app.log.error(`VDAB does not serve this gateway: ${upstream.reason ?? 'unknown'}. Look at VDAB_URL and VDAB_API_KEY; /health/ready stays 503 until it does.`)
}

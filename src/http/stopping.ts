import type { FastifyInstance } from 'fastify'

/**
 * The end of the server, in two steps. `drain` makes /health/ready respond 503 while requests are still served, so that
 * load balancers send no more. Then the server closes; `isStopping` is true from the start of that step. Hooks of
 * `preClose` run one after another, and some take long: this one has to be added before all others.
 */
export const watchStopping = (app: FastifyInstance) => {
  let isStopping = false
  let isDraining = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  return {
    isStopping: () => isStopping,
    isDraining: () => isDraining || isStopping,
    drain: () => {
      isDraining = true
      app.log.info('stopping: /health/ready answers 503 from now on')
    }
  }
}

import type { FastifyInstance } from 'fastify'

/**
 * Tells whether the server stops, from the first moment on. Hooks of `preClose` run one after the other, and some take
 * long: this one has to be added before all others.
 */
export const watchStopping = (app: FastifyInstance): (() => boolean) => {
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  return () => isStopping
}

import fastify from 'fastify'
import type { Config } from '../config/index.ts'
import { GatewayError } from '../errors.ts'
import { answerProblem } from '../http/errorAnswers.ts'
import type { LogStream } from '../http/log.ts'
import { registerSecurity } from '../http/securityHeaders.ts'
import { webOptions } from '../http/serverOptions.ts'
import { registerTelemetry } from './door.ts'

/**
 * The server of METRICS_PORT: it serves only `/metrics` and `/status`. It needs no key: every client that reaches the
 * port may read them.
 */
export const createOperatorServer = (
  config: Pick<Config, 'operator' | 'logLevel' | 'vdab'>,
  stream: LogStream,
  door: Parameters<typeof registerTelemetry>[1]
) => {
  const app = fastify(webOptions(config, stream))
  let url: string | undefined
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler(() => {
    throw new GatewayError('NOT_FOUND', 'This port has /metrics and /status only.')
  })
  void registerSecurity(app)
  registerTelemetry(app, door)
  return {
    listen: async () => {
      const { host, port } = config.operator ?? { host: '127.0.0.1', port: 0 }
      url = await app.listen({ host, port, listenTextResolver: (address) => `metrics and status are on ${address}` })
    },
    close: () => app.close(),
    /** its address; undefined until it listens */
    url: () => url
  }
}

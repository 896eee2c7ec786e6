import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** Sets the security headers of every response. A page, such as GraphiQL, sets its own content security policy. */
export const registerSecurity = (app: FastifyInstance) =>
  app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: { maxAge: 365 * 86_400, includeSubDomains: false },
    frameguard: { action: 'deny' }
  })

import type { IncomingMessage, Server } from 'node:http'
import { LogController } from 'fastify'
import type { FastifyHttpOptions } from 'fastify'
import { originOf, type RefusalDelay } from '../access/refusalDelay.ts'
import type { Config } from '../config/index.ts'
import { answerUnreadable } from './errorAnswers.ts'
import type { LogStream } from './log.ts'
import { createClientErrorHandler } from './malformed.ts'
import { requestIdOf } from './requestId.ts'

const maxBodyBytes = 256 * 1024
const maxHeaderBytes = 16 * 1024
/**
 * the time in ms that a connection stays open between requests, as announced to clients; the server waits a little
 * longer.
 */
const keepAliveMs = 65_000
const keptLongerMs = 1000
/** The value of the Keep-Alive header. */
export const keepAliveHint = `timeout=${keepAliveMs / 1000}`

/** Fastify's options. Log lines contain routes, but no URLs, headers or bodies, since those contain ids and keys. */
export const webOptions = (
  { logLevel, vdab: { totalTimeoutMs } }: Pick<Config, 'logLevel' | 'vdab'>,
  stream: LogStream,
  refusalDelay?: RefusalDelay,
  onMalformed?: (status: number) => void
) =>
  ({
    logger: { level: logLevel, base: null, stream },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: maxBodyBytes,
    // The router does not limit the length of an id; the handler validates it.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxHeaderBytes },
    // The URL counts as a header. A slower client is disconnected, at the next check of Node.
    http: { maxHeaderSize: maxHeaderBytes, headersTimeout: 10_000, connectionsCheckingInterval: 5000 },
    requestTimeout: 30_000,
    // A connection also counts as idle while its request waits for VDAB.
    connectionTimeout: Math.max(keepAliveMs + keptLongerMs, 2 * totalTimeoutMs),
    forceCloseConnections: 'idle' as const,
    genReqId: ({ headers }: Pick<IncomingMessage, 'headers'>) => requestIdOf(headers['x-request-id']),
    // Fastify's own response to a malformed URL contains that URL.
    frameworkErrors: (error, request, reply) => void answerUnreadable(error, request, reply),
    clientErrorHandler: createClientErrorHandler(
      (address) => refusalDelay?.hold(originOf({ ip: address })),
      onMalformed
    )
  }) satisfies FastifyHttpOptions<Server>

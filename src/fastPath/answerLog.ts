import type { FastifyBaseLogger } from 'fastify'
import type { LogStream } from '../http/log.ts'
import { traceIdOf } from '../http/traceparent.ts'
import type { Booking, Exchange } from './exchange.ts'

/**
 * Writes the log line of an answer in the format of the logger. The logger itself takes longer for a line than the
 * whole processing of a cached answer. All values are ASCII without quotes: they are ours, or were validated.
 */
export const createAnswerLog = (log: FastifyBaseLogger, stream: LogStream) => {
  const isOn = ['trace', 'debug', 'info'].includes(log.level)
  return (exchange: Exchange, { template }: Booking, status: number, ms: number, trace: string | undefined) => {
    const { request, requestId, consumer, head } = exchange
    if (!isOn) return
    const traceId = trace ?? (head.traceparent === undefined ? undefined : traceIdOf(head.traceparent))
    const traced = traceId === undefined ? '' : `"traceId":"${traceId}",`
    stream.write(
      `{"level":30,"time":${Date.now()},"requestId":"${requestId}","method":"${request.method ?? ''}",` +
        `"route":"${template.route}","status":${status},"ms":${ms},` +
        `"consumer":"${consumer.name}",${traced}"msg":"answered"}\n`,
      true
    )
  }
}

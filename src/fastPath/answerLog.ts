import type { FastifyBaseLogger } from 'fastify'
import type { LogStream } from '../http/log.ts'

/** One answer, as its line in the log tells of it. */
export type Answered = {
  requestId: string
  method: string
  route: string
  status: number
  ms: number
  consumer: string
}

/**
 * Writes the line of an answer that was ready, in the logger's own form: to have it put together by the logger takes
 * longer than to send such an answer. Every member is one of ours, or was checked: all are of ASCII, and none has
 * quotes.
 */
export const createAnswerLog = (log: FastifyBaseLogger, stream: LogStream) => {
  const isOn = ['trace', 'debug', 'info'].includes(log.level)
  // Many are answered in one ms, and in one way.
  let [time, began] = [0, '']
  let last: Omit<Answered, 'requestId'> = { method: '', route: '', status: 0, ms: 0, consumer: '' }
  let rest = ''
  const restOf = (one: Answered): string => {
    const { method, route, status, ms, consumer } = one
    if (
      route === last.route &&
      status === last.status &&
      consumer === last.consumer &&
      ms === last.ms &&
      method === last.method
    )
      return rest
    last = one
    rest =
      `","method":"${method}","route":"${route}","status":${status},"ms":${ms},` +
      `"consumer":"${consumer}","msg":"answered"}\n`
    return rest
  }
  return (one: Answered) => {
    if (!isOn) return
    const now = Date.now()
    if (now !== time) [time, began] = [now, `{"level":30,"time":${now},"requestId":"`]
    stream.write(began + one.requestId + restOf(one), true)
  }
}

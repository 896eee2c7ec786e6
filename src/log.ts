import type { FastifyBaseLogger } from 'fastify'
import sonicBoom from 'sonic-boom'

/** The most a pipe takes in one piece, so that lines of several writers are not torn (POSIX, PIPE_BUF). */
const pieceBytes = 4096
const flushEveryMs = 250

/** Where log lines go. */
export type LogStream = { write(line: string): unknown }

/**
 * Standard output for log lines: whole lines, gathered up to 4 kB or for a quarter of a second, since a write for each
 * request would cost a good part of the request. What is left is written when the process ends.
 */
export const createLogStream = (): LogStream => {
  const stream = new sonicBoom.SonicBoom({ fd: process.stdout.fd, sync: true, minLength: pieceBytes - 1, maxWrite: pieceBytes, periodicFlush: flushEveryMs })
  const end = () => { stream.flushSync() }
  process.on('exit', end)
  // Whoever read the lines is gone; nobody is left to be told.
  stream.on('error', () => { process.removeListener('exit', end) })
  return stream
}

/** One answer, as its line in the log tells of it. */
export type Answered = { requestId: string; method: string; route: string; status: number; ms: number; consumer: string }

/**
 * Writes the line of an answer that was ready, in the logger's own form: to have it put together by the logger takes longer
 * than to send such an answer. Every member is one of ours, or was checked; a name of a consumer has no quotes.
 */
export const noteAnswered = (log: FastifyBaseLogger, stream: LogStream) => {
  const isOn = ['trace', 'debug', 'info'].includes(log.level)
  return ({ requestId, method, route, status, ms, consumer }: Answered) => {
    if (isOn) stream.write(`{"level":30,"time":${Date.now()},"requestId":"${requestId}","method":"${method}","route":"${route}","status":${status},"ms":${ms},"consumer":"${consumer}","msg":"answered"}\n`)
  }
}

import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RequestContext, Notes } from '../access/requestContext.ts'
import type { Session, Sessions } from '../access/sessions.ts'
import { badInput } from '../errors.ts'
import type { Answered } from '../http/answered.ts'
import { answeredLive } from './liveAnswer.ts'
import { extensionsFor, type Pipeline, type Payload } from './pipeline.ts'
import type { Subscriptions, Stream } from './subscriptions.ts'
import type { Asked } from './parameters.ts'

type Options = {
  pipeline: Pipeline
  subscribe: Subscriptions
  sessions: Sessions
  heartbeatMs: number
  /** called for each response when it is sent */
  onAnswered: (event: Answered) => void
}

const closeTimeoutMs = 500
const retryMs = 1000
const maxCursor = 500
const complete = 'event: complete\ndata:\n\n'
const nextOf = (payload: Payload) => {
  const cursor = payload.extensions?.['cursor']
  return `${typeof cursor === 'string' ? `id: ${cursor}\n` : ''}event: next\ndata: ${JSON.stringify(payload)}\n\n`
}

async function* once(payload: Payload | Promise<Payload>): AsyncGenerator<Payload, void, void> {
  yield await payload
}

/** A text stream with backpressure: `write` resolves when the buffer has space, or the stream is closed. */
const createText = () => {
  let resume = () => {}
  let isOver = false
  const close = () => {
    isOver = true
    resume()
  }
  const stream = new Readable({
    read: () => resume(),
    destroy: (error, done) => {
      close()
      done(error)
    }
  })
  return {
    stream,
    isOver: () => isOver,
    write: (text: string) =>
      new Promise<void>((resolve) => {
        if (isOver || stream.push(text)) resolve()
        else resume = resolve
      }),
    /** Writes the end of the stream; later writes are dropped. */
    end: (text: string) => {
      if (isOver) return
      close()
      stream.push(text)
      stream.push(null)
    }
  }
}

// A client that does not read the end of the stream must not keep the connection open.
const closeSoon = (request: FastifyRequest) => {
  setTimeout(() => request.raw.socket.destroy(), closeTimeoutMs).unref()
}

/**
 * Server-sent events on `/graphql`: the distinct connections mode of graphql-sse, with one operation per connection.
 */
export const createEventStream = (app: FastifyInstance, options: Options) => {
  const { pipeline, subscribe, sessions, heartbeatMs, onAnswered } = options
  const open = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const stop of open) stop()
  })

  const answersTo = async (
    requestContext: RequestContext,
    notes: Notes,
    asked: Asked,
    last: string | undefined
  ): Promise<AsyncGenerator<Payload, void, void> | Stream> => {
    const {
      operations: [operation],
      balance
    } = await pipeline.book(requestContext, notes, [asked], true)
    if (!operation) return once({ errors: [] })
    if (!operation.open)
      return once(pipeline.inTime(requestContext, pipeline.answer(requestContext, operation, balance)))
    const started = await subscribe(requestContext, operation, last ?? asked.sinds)
    return 'errors' in started
      ? once(pipeline.inTime(requestContext, { ...started, ...extensionsFor(requestContext.consumer, 0) }))
      : started
  }

  const send = (
    request: FastifyRequest,
    reply: FastifyReply,
    answers: AsyncGenerator<Payload, void, void> | Stream,
    { stream, isOver, write, end }: ReturnType<typeof createText>,
    { session, requestContext, startedAt }: { session: Session; requestContext: RequestContext; startedAt: number }
  ) => {
    // A client reconnects after a stream that ends without "complete".
    const stop = () => {
      end(`retry: ${retryMs}\n: The gateway stops: connect again.\n\n`)
      closeSoon(request)
    }
    const heartbeat = setInterval(() => {
      const cursor = 'cursor' in answers ? answers.cursor() : undefined
      if (stream.readableLength === 0) void write(`${cursor === undefined ? '' : `id: ${cursor}\n`}:\n\n`)
    }, heartbeatMs).unref()
    stream.once('close', () => {
      clearInterval(heartbeat)
      open.delete(stop)
      session.end()
      void answers.return(undefined)
    })
    open.add(stop)
    const pump = async () => {
      await write(':\n\n') // sends the headers before the first event
      for await (const payload of answers) {
        if (isOver()) return
        const ms = 'cursor' in answers ? undefined : performance.now() - startedAt
        onAnswered(answeredLive({ transport: 'SSE', requestContext, payload, ms }))
        await write(nextOf(payload))
      }
      end(complete)
    }
    void pump()
    return reply
      .code(200)
      .type('text/event-stream; charset=utf-8')
      .headers({ vary: 'accept', 'x-accel-buffering': 'no', connection: 'close' })
      .send(stream)
  }

  return async (request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<FastifyReply> => {
    const startedAt = performance.now()
    const { headers, id, log, routeOptions } = request
    const { 'last-event-id': last } = headers
    if (typeof last === 'string' && last.length > maxCursor) throw badInput('last-event-id', 'is no cursor')
    const text = createText()
    const session = await sessions.open(request.raw, ({ message, extensions }) => {
      text.end(`${nextOf({ errors: [{ message, extensions }] })}${complete}`)
      closeSoon(request)
    })
    const requestContext: RequestContext = {
      get consumer() {
        return session.consumer
      },
      present: session.present,
      hold: session.hold,
      carrier: request,
      headers,
      id,
      log,
      routeOptions,
      isGone: () => text.isOver() || request.isGone()
    }
    const answers = await answersTo(
      requestContext,
      reply,
      asked,
      typeof last === 'string' && last !== '' ? last : undefined
    ).catch((error: unknown) => {
      session.end()
      throw error
    })
    return send(request, reply, answers, text, { session, requestContext, startedAt })
  }
}

import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Built } from '../helper.ts'

type Gateway = Pick<Built, 'url' | 'look'>
export type Payload = {
  data?: Record<string, unknown> | null
  errors?: { message: string; extensions: Record<string, unknown> }[]
  extensions?: Record<string, unknown>
}
export type Message = { type: string; id?: string; payload?: unknown }

/** A queue of values for sequential readers. */
const createQueue = <T>() => {
  const came: T[] = []
  const waiting: ((value: T) => void)[] = []
  return {
    add: (value: T) => {
      const first = waiting.shift()
      if (first) first(value)
      else came.push(value)
    },
    next: () =>
      new Promise<T>((resolve) => {
        const [value] = came.splice(0, 1)
        if (value !== undefined) resolve(value)
        else waiting.push(resolve)
      })
  }
}

type Options = {
  key?: string | undefined
  doel?: string | undefined
  headers?: Record<string, string>
  payload?: unknown
  protocol?: string
  isSilent?: boolean
}

/** A WebSocket on `/graphql`; unless it is silent, it has sent its key in `connection_init` and was accepted. */
export const connect = async (
  gateway: Gateway,
  {
    key = 'demo-beheer',
    doel = 'a test',
    headers = {},
    payload = { 'x-api-key': key, 'x-doel': doel },
    protocol = 'graphql-transport-ws',
    isSilent = false
  }: Options = {}
) => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, protocol, { headers })
  const messages = createQueue<Message>()
  const shown = new Headers({ 'x-api-key': key, ...headers })
  socket.on('message', (data: Buffer) => {
    gateway.look(data.toString(), shown, 'a WebSocket')
    messages.add(JSON.parse(data.toString()) as Message)
  })
  const closed = new Promise<[number, string]>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve([code, reason.toString()])
    })
  })
  socket.on('error', () => {})
  await once(socket, 'open')
  const send = (message: unknown) => {
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  }
  if (!isSilent) {
    send({ type: 'connection_init', payload })
    const ack = await Promise.race([messages.next(), closed])
    if (!('type' in ack)) throw new Error(`closed: ${ack.join(' ')}`)
  }
  let last = 0
  return {
    socket,
    closed,
    send,
    next: messages.next,
    /** Sends one operation and returns its first message. */
    ask: async (query: string, more: object = {}): Promise<Message> => {
      last += 1
      send({ type: 'subscribe', id: String(last), payload: { query, ...more } })
      return messages.next()
    }
  }
}

export type Event = { event?: string; data?: string; id?: string; retry?: string }

/** An operation over server-sent events. */
export const listen = async (
  gateway: Gateway,
  body: unknown,
  {
    key = 'demo-beheer',
    headers = {},
    method = 'POST'
  }: { key?: string; headers?: Record<string, string>; method?: string } = {}
) => {
  const stop = new AbortController()
  const all = {
    'x-api-key': key,
    'x-doel': 'a test',
    accept: 'text/event-stream',
    'content-type': 'application/json',
    ...headers
  }
  const address =
    method === 'GET'
      ? `${gateway.url}/graphql?${new URLSearchParams(body as Record<string, string>).toString()}`
      : `${gateway.url}/graphql`
  const response = await fetch(address, {
    method,
    headers: all,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    signal: stop.signal
  })
  const events = createQueue<Event>()
  const read = async () => {
    let rest = ''
    for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const [tail = '', ...blocks] = (rest + part).split('\n\n').reverse()
      rest = tail
      for (const block of blocks.reverse()) {
        gateway.look(block, new Headers(all), 'an event stream')
        const lines = block.split('\n').map((line) => /^([^:]*): ?(.*)$/.exec(line)?.slice(1) ?? [])
        const event = Object.fromEntries(lines.filter(([name]) => name !== '')) as Event
        if (event.event !== undefined || event.retry !== undefined) events.add(event) // the others are heartbeats
      }
    }
  }
  const ended = response.headers.get('content-type')?.startsWith('text/event-stream')
    ? read().then(
        () => 'ended',
        () => 'cut off'
      )
    : Promise.resolve('no stream')
  return {
    response,
    ended,
    next: events.next,
    payload: async () => JSON.parse((await events.next()).data ?? '') as Payload,
    stop: () => {
      stop.abort()
    }
  }
}

import { redacted } from '../errors.ts'

/** The messages that a process handles: by name, the types of request and response. */
type Protocol = Record<string, { asks: unknown; gets: unknown }>
/** One handler per message. Handlers are called in the order of the requests. */
export type Handlers<T extends Protocol> = {
  readonly [K in keyof T]: (body: T[K]['asks']) => T[K]['gets'] | Promise<T[K]['gets']>
}
type Message =
  | { readonly rpc: 'ask'; readonly id: number; readonly what: string; readonly body?: unknown }
  | { readonly rpc: 'got'; readonly id: number; readonly body?: unknown }
  | { readonly rpc: 'failed'; readonly id: number; readonly error: { readonly name: string; readonly code?: string } }
type Pending = { resolve: (body: unknown) => void; reject: (error: Error) => void }
type Options<Ours extends Protocol> = {
  /** sends over the channel; calls `failed` when it cannot */
  send: (message: object, failed: () => void) => void
  handlers: Handlers<Ours>
}

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'rpc' in value
const errorOf = (members: { name: string; code?: string }) =>
  Object.assign(new Error('The other process could not do what was asked.'), members)
const closed = () => errorOf({ name: 'Error', code: 'ERR_IPC_CHANNEL_CLOSED' })

/**
 * Request and response between two processes, in order, over a channel of plain data. Only the class and the code of an
 * error cross the channel. No message is logged.
 */
export const createRpc = <Theirs extends Protocol, Ours extends Protocol>({ send, handlers }: Options<Ours>) => {
  const pending = new Map<number, Pending>()
  let lastId = 0

  const answer = async (id: number, what: string, body: unknown): Promise<Message> => {
    try {
      const handler = handlers[what]
      if (!handler) throw new Error(`no handler for ${what}`)
      return { rpc: 'got', id, body: await handler(body) }
    } catch (error) {
      return { rpc: 'failed', id, error: redacted(error) }
    }
  }

  return {
    /** Sends a request. Rejects with the error of the other process, or when that process ends. */
    ask: <K extends keyof Theirs & string>(what: K, body: Theirs[K]['asks']): Promise<Theirs[K]['gets']> =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1)
        pending.set(id, { resolve, reject })
        send({ rpc: 'ask', id, what, body } satisfies Message, () => {
          if (pending.delete(id)) reject(closed())
        })
      }),
    /** Handles one message of the channel; ignores messages of other protocols. */
    receive: (message: unknown) => {
      if (!isMessage(message)) return
      if (message.rpc === 'ask') {
        void answer(message.id, message.what, message.body).then((reply) => send(reply, () => {}))
        return
      }
      const request = pending.get(message.id)
      pending.delete(message.id)
      if (message.rpc === 'got') request?.resolve(message.body)
      else request?.reject(errorOf(message.error))
    },
    /** Rejects all pending requests, since the other process has ended. */
    end: () => {
      const left = [...pending.values()]
      pending.clear()
      for (const { reject } of left) reject(closed())
    }
  }
}

export type Rpc<Theirs extends Protocol> = {
  ask: <K extends keyof Theirs & string>(what: K, body: Theirs[K]['asks']) => Promise<Theirs[K]['gets']>
}

/** Sends a request whose failure needs no handling: a worker ends soon after the primary. */
export const notify = <Theirs extends Protocol, K extends keyof Theirs & string>(
  { ask }: Rpc<Theirs>,
  what: K,
  body: Theirs[K]['asks']
) => void ask(what, body).catch(() => undefined)

import { redacted } from '../errors.ts'

/** What may be asked of a process: by name, what the question holds and what the answer does. */
export type Talk = Record<string, { asks: unknown; gets: unknown }>
/** Who answers what. They are called in the order in which it was asked. */
export type Handlers<T extends Talk> = {
  readonly [K in keyof T]: (body: T[K]['asks']) => T[K]['gets'] | Promise<T[K]['gets']>
}
type Message =
  | { readonly post: 'ask'; readonly id: number; readonly what: string; readonly body?: unknown }
  | { readonly post: 'got'; readonly id: number; readonly body?: unknown }
  | { readonly post: 'failed'; readonly id: number; readonly error: { readonly name: string; readonly code?: string } }
type Waiting = { resolve: (body: unknown) => void; reject: (error: Error) => void }

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'post' in value
const errorOf = ({ name, code }: { name: string; code?: string }) =>
  Object.assign(new Error('The other process could not do what was asked.'), {
    name,
    ...(code === undefined ? {} : { code })
  })
const gone = () => errorOf({ name: 'Error', code: 'ERR_IPC_CHANNEL_CLOSED' })

/**
 * Questions and answers between two processes, in order, over a channel that carries plain data. Of what a question fails
 * with only class and code cross it. Nothing that crosses it is logged.
 */
export const createPost = <Theirs extends Talk, Ours extends Talk>({
  send,
  handlers
}: {
  send: (message: object, failed: () => void) => void
  handlers: Handlers<Ours>
}) => {
  const waiting = new Map<number, Waiting>()
  let lastId = 0

  const end = () => {
    const left = [...waiting.values()]
    waiting.clear()
    for (const { reject } of left) reject(gone())
  }

  const answer = async (id: number, what: string, body: unknown): Promise<Message> => {
    try {
      const handler = handlers[what]
      if (!handler) throw new Error(`nobody answers ${what}`)
      return { post: 'got', id, body: await handler(body) }
    } catch (error) {
      return { post: 'failed', id, error: redacted(error) }
    }
  }

  return {
    /** Asks the other process; rejects with what it failed with, or when it is gone. */
    ask: <K extends keyof Theirs & string>(what: K, body: Theirs[K]['asks']): Promise<Theirs[K]['gets']> =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1)
        waiting.set(id, { resolve, reject })
        send({ post: 'ask', id, what, body } satisfies Message, () => {
          if (waiting.delete(id)) reject(gone())
        })
      }),
    /** Takes what came over the channel; what is not of this post is left alone. */
    hear: (message: unknown) => {
      if (!isMessage(message)) return
      if (message.post === 'ask') {
        void answer(message.id, message.what, message.body).then((reply) => send(reply, () => {}))
        return
      }
      const requestContext = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.post === 'got') requestContext?.resolve(message.body)
      else requestContext?.reject(errorOf(message.error))
    },
    /** The other process is gone: whoever waits for it is told. */
    end
  }
}

export type Rpc<Theirs extends Talk> = {
  ask: <K extends keyof Theirs & string>(what: K, body: Theirs[K]['asks']) => Promise<Theirs[K]['gets']>
}

import type { Socket } from 'node:net'
import type { Consumer } from '../access/consumers.ts'

type Dependencies = {
  /** the consumer of a key, where that can be told at once */
  consumerOf: (key: string) => Consumer | undefined
  /** another number once the consumers were replaced */
  edition: () => number
}

/**
 * Tells whose key a connection shows. Whoever keeps a connection shows the same key in each request, and to find it by
 * its hash costs a tenth of an answer that is ready; so the last one is remembered with the connection, and goes with
 * it.
 */
export const createWhose = ({ consumerOf, edition }: Dependencies) => {
  const shown = new WeakMap<Socket, { key: string; consumer: Consumer; edition: number }>()
  return (socket: Socket, key: string): Consumer | undefined => {
    const last = shown.get(socket)
    if (last?.key === key && last.edition === edition()) return last.consumer
    const consumer = consumerOf(key)
    if (consumer) shown.set(socket, { key, consumer, edition: edition() })
    return consumer
  }
}

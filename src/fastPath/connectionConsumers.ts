import type { Socket } from 'node:net'
import type { Consumer } from '../access/consumers.ts'

type Dependencies = {
  /** the consumer of a key; undefined where the key has to be looked up elsewhere or is unknown */
  consumerOf: (key: string) => Consumer | undefined
  /** a number that changes when the consumers are replaced */
  edition: () => number
}

/**
 * Finds the consumer of a key, and remembers it per connection: a connection sends the same key in each request, and
 * hashing it takes a tenth of the time of a cached answer.
 */
export const createConnectionConsumers = ({ consumerOf, edition }: Dependencies) => {
  const last = new WeakMap<Socket, { key: string; consumer: Consumer; edition: number }>()
  return (socket: Socket, key: string): Consumer | undefined => {
    const known = last.get(socket)
    if (known?.key === key && known.edition === edition()) return known.consumer
    const consumer = consumerOf(key)
    if (consumer) last.set(socket, { key, consumer, edition: edition() })
    return consumer
  }
}

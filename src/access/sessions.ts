import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'

/** What a client showed when it came: the key stands in it. */
export type Shown = Pick<IncomingMessage, 'headers' | 'rawHeaders'>
/** A connection that stays open. */
export type Session = {
  /** the consumer as it is configured by now */
  readonly consumer: Consumer
  /** the connection is gone */
  readonly end: () => void
}
type Entry = { shown: Shown; consumer: Consumer; onOver: (why: GatewayError) => void }

const everyMs = 1000

type Options = { authenticate: (shown: Shown) => Consumer | Promise<Consumer>; consumers: Consumers; now: () => number }

/**
 * The connections that stay open longer than one answer: whoever loses its key or its token while connected is told within
 * a second or two, and what else changed for a consumer (scopes, limits, purpose) holds from then on.
 */
export const createSessions = ({ authenticate, consumers, now }: Options) => {
  const open = new Set<Entry>()
  let edition = consumers.edition()

  const over = (entry: Entry, why: GatewayError) => {
    if (open.delete(entry)) entry.onOver(why)
  }

  const check = async () => {
    const isChanged = consumers.edition() !== edition
    edition = consumers.edition()
    const time = now()
    for (const entry of open) {
      const { until } = entry.consumer
      if (until !== undefined) {
        if (time >= until) over(entry, new GatewayError('UNAUTHENTICATED', 'Your token has expired.'))
      } else if (isChanged) {
        try {
          entry.consumer = await authenticate(entry.shown)
        } catch {
          over(entry, new GatewayError('FORBIDDEN', 'Your key is no longer valid here.'))
        }
      }
    }
  }
  const timer = setInterval(() => { void check() }, everyMs).unref()

  return {
    /** Lets a client in. Throws UNAUTHENTICATED as every door does. `onOver` is told, once, when it may no longer stay. */
    async open(shown: Shown, onOver: (why: GatewayError) => void): Promise<Session> {
      const entry: Entry = { shown, consumer: await authenticate(shown), onOver }
      open.add(entry)
      return { get consumer() { return entry.consumer }, end: () => { open.delete(entry) } }
    },
    close: () => { clearInterval(timer) }
  }
}

export type Sessions = ReturnType<typeof createSessions>

/**
 * What a client must bring besides a key to be let in for longer than one answer: a scope, and a purpose where every scope
 * is about people. Throws FORBIDDEN; BAD_USER_INPUT on a purpose that could not be put on record.
 */
export const admit = ({ consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders }) => {
  const scopes = [...consumer.scopes]
  if (scopes.length === 0) throw new GatewayError('FORBIDDEN', 'Your key has no scope, so nothing can be followed here.')
  if (headers['x-doel'] || scopes.every((scope) => scope.startsWith('kandidaten'))) doelOf(consumer, headers)
}

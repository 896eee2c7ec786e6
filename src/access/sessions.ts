import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'

/** What a client showed when it came: the key stands in it. */
export type Shown = Pick<IncomingMessage, 'headers' | 'rawHeaders'>
/** Throws why a consumer may not have, or keep, something open. */
type Admit = (consumer: Consumer) => void
type OnOver = (why: GatewayError) => void
/** A client that was let in: for one answer, or for as long as its connection stays open. */
export type Visit = {
  /** the consumer as of the last look */
  readonly consumer: Consumer
  /** The consumer as it is configured by now. Throws when the key or the token is no longer valid. */
  readonly present: () => Consumer
}
export type Session = Visit & {
  /**
   * Holds something open that needs more than a valid key. `onOver` is told, once, when `admit` refuses the consumer of now or
   * the session ends. Gives the function that lets go of it. Throws when it is refused at once.
   */
  readonly hold: (admit: Admit, onOver: OnOver) => () => void
  /** the connection is gone */
  readonly end: () => void
}
type Held = { readonly admit: Admit; readonly onOver: OnOver }
type Entry = { readonly visit: Visit; readonly held: Set<Held> }

const everyMs = 1000
const anyone: Admit = () => {}

type Options = { authenticate: (shown: Shown) => Consumer | Promise<Consumer>; consumers: Consumers; now: () => number }

/**
 * Who was let in, as they are now: the one place that says what has become of a consumer since it showed its key. What a
 * token says does not change until it expires.
 */
export const createSessions = ({ authenticate, consumers, now }: Options) => {
  const open = new Set<Entry>()

  /** For a client that has just shown its key, or its token; `gone` is the code for a key that is taken away. */
  const visitOf = (shown: Shown, first: Consumer, gone: 'UNAUTHENTICATED' | 'FORBIDDEN' = 'UNAUTHENTICATED'): Visit => {
    let [consumer, edition] = [first, consumers.edition()]
    const present = () => {
      if (consumer.until !== undefined) {
        if (now() >= consumer.until) throw new GatewayError('UNAUTHENTICATED', 'Your token has expired.')
      } else if (edition !== consumers.edition()) {
        let found: Consumer | Promise<Consumer>
        try {
          found = authenticate(shown)
        } catch {
          throw new GatewayError(gone, 'Your key is no longer valid here.')
        }
        if (!(found instanceof Promise)) consumer = found // a key is looked up at once
        edition = consumers.edition()
      }
      return consumer
    }
    return {
      get consumer() {
        return consumer
      },
      present
    }
  }

  const judge = (entry: Entry, held: Held) => {
    try {
      held.admit(entry.visit.present())
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if (entry.held.delete(held)) held.onOver(error)
    }
  }
  const judgeAll = () => {
    for (const entry of open) for (const held of [...entry.held]) judge(entry, held)
  }
  consumers.onReplace(judgeAll)
  // Tokens end by themselves.
  const timer = setInterval(judgeAll, everyMs).unref()

  return {
    visitOf,
    /**
     * Lets a client in for longer than one answer. Throws UNAUTHENTICATED as every door does, and what `admit` throws.
     * `onOver` is told, once, when it may no longer stay.
     */
    async open(shown: Shown, onOver: OnOver, admit = anyone): Promise<Session> {
      const visit = visitOf(shown, await authenticate(shown), 'FORBIDDEN')
      const entry: Entry = { visit, held: new Set() }
      const hold: Session['hold'] = (needed, told) => {
        needed(visit.present())
        const held = { admit: needed, onOver: told }
        entry.held.add(held)
        return () => entry.held.delete(held)
      }
      hold(admit, onOver)
      open.add(entry)
      return {
        get consumer() {
          return visit.consumer
        },
        present: visit.present,
        hold,
        end: () => open.delete(entry)
      }
    },
    close: () => clearInterval(timer)
  }
}

export type Sessions = ReturnType<typeof createSessions>

/**
 * What a client must bring besides a key to be let in for longer than one answer: a scope, and a purpose where every scope
 * is about people. Throws FORBIDDEN; BAD_USER_INPUT on a purpose that could not be put on record.
 */
export const admit = ({ consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders }) => {
  const scopes = [...consumer.scopes]
  if (scopes.length === 0)
    throw new GatewayError('FORBIDDEN', 'Your key has no scope, so nothing can be followed here.')
  if (headers['x-doel'] || scopes.every((scope) => scope.startsWith('kandidaten'))) doelOf(consumer, headers)
}

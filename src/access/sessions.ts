import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../errors.ts'
import type { Consumer, Consumers } from './consumers.ts'
import { doelOf } from './doel.ts'

/** The headers of a request, with its key or token. */
export type Shown = Pick<IncomingMessage, 'headers' | 'rawHeaders'>
/** Throws when a consumer may not open a resource, or keep it open. */
type Admit = (consumer: Consumer) => void
/** Called once, when the client loses its access. */
type OnOver = (reason: GatewayError) => void
/** An authenticated client, for one request or for an open connection. */
type Visit = {
  /** the consumer as of the last check */
  readonly consumer: Consumer
  /** The consumer as configured now. Throws when the key or token is no longer valid. */
  readonly present: () => Consumer
}
export type Session = Visit & {
  /**
   * Opens a resource for which `admit` must pass. When `admit` later refuses the consumer, or its key or token becomes
   * invalid, `onOver` is called once. Returns the function that closes it. Throws when `admit` refuses at once.
   */
  readonly hold: (admit: Admit, onOver: OnOver) => () => void
  /** ends the session, since its connection is closed */
  readonly end: () => void
}
type Grant = { readonly admit: Admit; readonly onOver: OnOver }
type Entry = { readonly visit: Visit; readonly grants: Set<Grant> }

const everyMs = 1000

type Options = { authenticate: (shown: Shown) => Consumer | Promise<Consumer>; consumers: Consumers; now: () => number }

/** Tracks whether authenticated clients still have access: their keys can be removed, and their tokens expire. */
export const createSessions = ({ authenticate, consumers, now }: Options) => {
  const open = new Set<Entry>()

  /** Tracks a client that has just authenticated. `code` is the error code for a key that was removed. */
  const visitOf = (shown: Shown, first: Consumer, code: 'UNAUTHENTICATED' | 'FORBIDDEN' = 'UNAUTHENTICATED'): Visit => {
    let [consumer, edition] = [first, consumers.edition()]
    const present = () => {
      if (consumer.until !== undefined && now() >= consumer.until)
        throw new GatewayError('UNAUTHENTICATED', 'Your token has expired.')
      if (edition !== consumers.edition()) {
        let found: Consumer | Promise<Consumer>
        try {
          found = authenticate(shown)
        } catch {
          throw new GatewayError(code, 'Your key is no longer valid here.')
        }
        // Only a token of the issuer returns a promise, and a change of the consumers does not affect it.
        if (found instanceof Promise) found.catch(() => {})
        else consumer = found
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

  const check = ({ visit, grants }: Entry, grant: Grant) => {
    try {
      grant.admit(visit.present())
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      if (grants.delete(grant)) grant.onOver(error)
    }
  }
  const checkAll = () => {
    for (const entry of open) for (const grant of [...entry.grants]) check(entry, grant)
  }
  consumers.onReplace(checkAll)
  // Nothing else reports the expiry of a token.
  const timer = setInterval(checkAll, everyMs).unref()

  return {
    visitOf,
    /** Authenticates a client for an open connection. Throws UNAUTHENTICATED, and the error of `admit`. */
    async open(shown: Shown, onOver: OnOver, admit: Admit = () => {}): Promise<Session> {
      const visit = visitOf(shown, await authenticate(shown), 'FORBIDDEN')
      const entry: Entry = { visit, grants: new Set() }
      const hold: Session['hold'] = (admit, onOver) => {
        admit(visit.present())
        const grant = { admit, onOver }
        entry.grants.add(grant)
        return () => entry.grants.delete(grant)
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
 * Checks a client that opens a connection: it needs a scope, and a purpose if all its scopes are about people. Throws
 * FORBIDDEN, or BAD_USER_INPUT for an invalid purpose.
 */
export const admit = ({ consumer, headers }: { consumer: Consumer; headers: IncomingHttpHeaders }) => {
  const scopes = [...consumer.scopes]
  if (scopes.length === 0)
    throw new GatewayError('FORBIDDEN', 'Your key has no scope, so nothing can be followed here.')
  if (headers['x-doel'] || scopes.every((scope) => scope.startsWith('kandidaten'))) doelOf(consumer, headers)
}

import { Webhook } from 'standardwebhooks'
import { Agent, buildConnector, request } from 'undici'
import { redacted } from '../errors.ts'
import { isPrivateLiteral, publicLookup } from './addresses.ts'

/** What is sent: the id is the same at each attempt. `secrets`: all that are valid, the newest first. */
export type Message = { id: string; url: string; secrets: readonly string[]; payload: object }
/** The answer to a delivery: its status, or why there was none. `retryAfterMs` is the wish of the receiver. */
export type Delivered = { status?: number; reason?: string; retryAfterMs?: number | undefined }

type Options = { allowsPrivate: boolean; timeoutMs: number; now: () => number }

const maxBodyBytes = 16 * 1024
const maxHeaderBytes = 16 * 1024
const maxRetryAfterMs = 12 * 3_600_000

const readRetryAfter = (header: string | string[] | undefined): number | undefined => {
  const seconds = Number(header)
  return typeof header === 'string' && seconds >= 0 ? Math.min(seconds * 1000, maxRetryAfterMs) : undefined
}

/**
 * Sends Standard Webhooks by connections of its own, so that a receiver that hangs holds nothing of VDAB's. Follows no
 * redirect, connects to public addresses only, and reads no more of an answer than a few kilobytes. Never rejects.
 */
export const createSender = ({ allowsPrivate, timeoutMs, now }: Options) => {
  const connect = buildConnector({
    timeout: timeoutMs,
    ...(allowsPrivate ? {} : { lookup: publicLookup as never }) // Node's type has one form of the callback only
  })
  const agent = new Agent({
    connect,
    connections: null, // a hanging delivery must not hold up others to the same host; the caller bounds them
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: 4000
  })

  const headersOf = ({ id, secrets }: Message, body: string) => {
    const at = new Date(now())
    const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body))
    return {
      'content-type': 'application/json',
      'user-agent': 'vdab-gateway',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signatures.join(' ')
    }
  }

  return {
    send: async (message: Message): Promise<Delivered> => {
      const url = URL.canParse(message.url) ? new URL(message.url) : undefined
      if (!url || (!allowsPrivate && (url.protocol !== 'https:' || isPrivateLiteral(url))))
        return { reason: 'EPRIVATE' }
      const body = JSON.stringify(message.payload)
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const {
          statusCode,
          headers,
          body: answer
        } = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers: headersOf(message, body),
          body,
          signal
        })
        // The status decides; a body that is large or slow ends its connection.
        await answer.dump({ limit: maxBodyBytes, signal }).catch(() => answer.destroy())
        return { status: statusCode, retryAfterMs: readRetryAfter(headers['retry-after']) }
      } catch (error) {
        return { reason: signal.aborted ? 'TIMEOUT' : (redacted(error).code ?? redacted(error).name) }
      }
    },
    close: () => agent.destroy()
  }
}

export type Sender = ReturnType<typeof createSender>

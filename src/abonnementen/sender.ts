import { Webhook } from 'standardwebhooks'
import { Agent, buildConnector, request } from 'undici'
import { redacted } from '../errors.ts'
import { isPrivateLiteral, publicLookup } from './addresses.ts'

/** A message to send. The id is the same at each attempt. `secrets` are all valid secrets, the newest first. */
export type Message = { id: string; url: string; secrets: readonly string[]; payload: object }
/**
 * The result of a delivery: the status of the response, or the reason why there was none. `retryAfterMs` is the delay
 * that the receiver requested.
 */
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
 * Sends Standard Webhooks over separate connections, so that a receiver that hangs cannot block calls to VDAB. Follows
 * no redirects, connects to public addresses only, and reads at most a few kilobytes of a response. Never rejects.
 */
export const createSender = ({ allowsPrivate, timeoutMs, now }: Options) => {
  const connect = buildConnector({
    timeout: timeoutMs,
    ...(allowsPrivate ? {} : { lookup: publicLookup as never }) // Node's type has only one form of the callback
  })
  const agent = new Agent({
    connect,
    connections: null, // a hanging delivery must not block others to the same host; the caller limits their number
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
        // Only the status matters; a large or slow body closes its connection.
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

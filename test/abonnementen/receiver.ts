import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** A delivery to a receiver. */
export type Told = {
  webhookId: string
  type: string
  data: { abonnement: string; interneReferentie: string; soort: string }
  signatures: string[]
}
type Answer = number | ((told: Told, response: ServerResponse) => void)

const maxAgeMs = 300_000

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text
}

/** A receiver of webhooks on a local port, which checks each signature. */
export const startReceiver = async ({ port = 0, now = Date.now }: { port?: number; now?: () => number } = {}) => {
  const secrets = new Map<string, string>()
  const told: Told[] = []
  const invalid: string[] = []
  let answer: Answer = 204
  let waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request)
      const { type, data } = JSON.parse(body) as Pick<Told, 'type' | 'data'>
      const headers = request.headers as Record<string, string>
      const signatures = (headers['webhook-signature'] ?? '').split(' ')
      const one = { webhookId: headers['webhook-id'] ?? '', type, data, signatures }
      // The check of the library uses the real clock, so the expected signature is computed and compared.
      const at = new Date(Number(headers['webhook-timestamp']) * 1000)
      const expected = new Webhook(secrets.get(data.abonnement) ?? 'whsec_bm9uZQ==').sign(one.webhookId, at, body)
      if (!signatures.includes(expected) || Math.abs(now() - at.getTime()) > maxAgeMs) invalid.push(one.webhookId)
      told.push(one)
      if (typeof answer === 'number') response.writeHead(answer).end()
      else answer(one, response)
      for (const wake of waiting.splice(0)) wake()
    })().catch(() => response.destroy())
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port // a TCP server has one
  return {
    host: `127.0.0.1:${own}`,
    url: `http://127.0.0.1:${own}/hook`,
    port: own,
    told,
    invalid,
    secrets,
    /** Sets the answer to later deliveries. */
    answer: (given: Answer) => {
      answer = given
    },
    /** Waits until the deliveries meet a condition. */
    until: async (isRight: (told: readonly Told[]) => boolean) => {
      while (!isRight(told)) await new Promise<void>((resolve) => waiting.push(resolve))
    },
    close: async () => {
      waiting = []
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    }
  }
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>

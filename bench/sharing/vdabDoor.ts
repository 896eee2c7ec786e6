import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

const minuteMs = 60_000
const id = /[\da-f]{8}-[\da-f-]{27}/

/** A proxy to VDAB that records when each call arrives, by endpoint. */
export const startVdabDoor = async (base: string) => {
  const calls = new Map<string, number[]>()
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming
    const endpoint = `${method} ${url.replace(/\?.*/, '').replace(id, '{id}')}`
    calls.set(endpoint, [...(calls.get(endpoint) ?? []).slice(-20_000), performance.now()])
    const onward = request(new URL(url, base), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  return {
    base: `http://127.0.0.1:${port}/services`,
    /** The maximum calls to one endpoint in any minute that ended after this instant of `performance.now()`. */
    mostInAMinute: (since: number): number => {
      let most = 0
      for (const times of calls.values()) {
        let first = 0
        for (const [last, at] of times.entries()) {
          while (at - (times[first] ?? 0) >= minuteMs) first += 1
          if (at >= since) most = Math.max(most, last - first + 1)
        }
      }
      return most
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

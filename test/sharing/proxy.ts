import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

type Door = 'open' | 'deaf' | 'closed'

/**
 * A TCP proxy with faults in front of a local server. `deaf` accepts connections and forwards nothing, `closed` resets
 * them. A connection that was deaf has lost bytes, so it stays deaf, as after a network failure.
 */
export const startProxy = async (port: number) => {
  let target = port
  let delayMs = 0
  let door: Door = 'open'
  let scripts = 0
  const open = new Set<Socket>()

  const pass = (from: Socket, to: Socket) => {
    let isDeaf = false
    let dueAt = 0
    from.on('data', (bytes) => {
      scripts += bytes.toString('latin1').match(/\r\neval(?:sha)?\r\n/gi)?.length ?? 0
      isDeaf ||= door === 'deaf'
      if (isDeaf) return
      // Bytes that arrive after the delay has ended must not overtake delayed ones.
      dueAt = Math.max(dueAt, performance.now() + delayMs)
      const ms = Math.ceil(dueAt - performance.now())
      if (ms <= 0) to.write(bytes)
      else setTimeout(() => to.write(bytes), ms)
    })
    from.on('error', () => from.destroy())
    from.on('close', () => to.destroy())
    open.add(from)
    from.once('close', () => open.delete(from))
  }
  const server = createServer({ noDelay: true }, (client) => {
    if (door === 'closed') {
      client.resetAndDestroy()
      return
    }
    const behind = connect({ port: target, host: '127.0.0.1', noDelay: true })
    pass(client, behind)
    pass(behind, client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo // it listens on a port

  const reset = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    url: `redis://127.0.0.1:${address.port}`,
    /** Delays each direction, in ms. */
    delay: (ms: number) => {
      delayMs = ms
    },
    set: (state: Door) => {
      door = state
    },
    reset,
    /** The number of scripts that clients sent, whether the server received them or not. */
    scripts: () => scripts,
    /** Forwards to another server, and resets the connections to the previous one. */
    leadTo: (other: number) => {
      target = other
      reset()
    },
    /** Ends all faults. Connections that were deaf stay deaf until their client reconnects. */
    heal: () => {
      delayMs = 0
      door = 'open'
    },
    close: async () => {
      server.close()
      reset()
      await once(server, 'close')
    }
  }
}

export type Proxy = Awaited<ReturnType<typeof startProxy>>

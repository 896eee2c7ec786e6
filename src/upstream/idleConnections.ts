import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

// Servers commonly close a connection on which nothing was asked after a minute; one of that age may be dead already.
const keptMs = 50_000
const lookEveryMs = 5000

type Spare = { socket: Socket; openedAt: number; end: () => void }
type Dependencies = {
  url: URL
  /** connections that stand open, besides those in use */
  count: number
  connector: buildConnector.connector
}

/**
 * Connections to VDAB that are open already, name looked up and TLS agreed on, when a call needs one. Nothing is asked on
 * them, so they cost no call and show nobody the key. The next one is opened when one is used, and some seconds after
 * VDAB has closed one; failing to is no matter, since a call without a spare connects by itself.
 */
export const createIdleConnections = ({ url, count, connector }: Dependencies) => {
  const idleConnections = new Set<Spare>()
  let opening = 0
  let looking: NodeJS.Timeout | undefined
  let isClosed = false

  const drop = (spare: Spare) => {
    idleConnections.delete(spare)
    spare.socket.destroy()
  }

  const keep = (socket: Socket) => {
    const spare: Spare = {
      socket,
      openedAt: performance.now(),
      end: () => {
        drop(spare)
      }
    }
    // Nothing was asked, so whatever is there to read is a farewell.
    socket.on('readable', spare.end).on('close', spare.end).unref()
    idleConnections.add(spare)
  }

  const open = () => {
    opening += 1
    connector(
      { hostname: url.hostname.replace(/^\[|\]$/g, ''), host: url.host, protocol: url.protocol, port: url.port },
      (error, socket) => {
        opening -= 1
        if (isClosed) socket?.destroy()
        else if (!error) keep(socket)
      }
    )
  }

  const look = () => {
    if (isClosed) return
    for (const spare of idleConnections) if (performance.now() - spare.openedAt > keptMs) drop(spare)
    while (idleConnections.size + opening < count) open()
  }

  const take = (): Socket | undefined => {
    const [spare] = idleConnections
    if (!spare) return undefined
    idleConnections.delete(spare)
    setImmediate(look)
    return spare.socket.off('readable', spare.end).off('close', spare.end).ref()
  }

  const connect: buildConnector.connector = (options, callback) => {
    const socket = take()
    if (socket)
      queueMicrotask(() => {
        callback(null, socket)
      })
    else connector(options, callback)
  }

  return {
    /** For undici: a spare where there is one, else a new connection. */
    connect,
    /** Opens the spares, and keeps so many open. */
    keep: () => {
      if (looking || count === 0) return
      look()
      looking = setInterval(look, lookEveryMs).unref()
    },
    close: () => {
      isClosed = true
      clearInterval(looking)
      for (const spare of idleConnections) drop(spare)
    }
  }
}

import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'

// Servers commonly close an idle connection after a minute, so an older one may be dead already.
const maxIdleMs = 50_000
const checkEveryMs = 5000

type Idle = { socket: Socket; openedAt: number; end: () => void }
type Dependencies = {
  url: URL
  /** the number of idle connections, not counting those in use */
  count: number
  connector: buildConnector.connector
}

/**
 * Keeps idle connections to VDAB, with the name resolved and TLS negotiated, for the next calls. No request is sent on
 * them, so they cost no call and do not send the key. A used connection is replaced at once, a closed one within
 * seconds. A call without an idle connection opens its own.
 */
export const createIdleConnections = ({ url, count, connector }: Dependencies) => {
  const idle = new Set<Idle>()
  let opening = 0
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const drop = (connection: Idle) => {
    idle.delete(connection)
    connection.socket.destroy()
  }

  const add = (socket: Socket) => {
    const end = () => {
      drop(connection)
    }
    const connection: Idle = { socket, openedAt: performance.now(), end }
    // No request was sent, so readable data is a TLS alert or the end of the stream.
    socket.on('readable', end).on('close', end).unref()
    idle.add(connection)
  }

  const { host, protocol, port } = url
  const open = () => {
    opening += 1
    connector({ hostname: url.hostname.replace(/^\[|\]$/g, ''), host, protocol, port }, (error, socket) => {
      opening -= 1
      if (isClosed) socket?.destroy()
      else if (!error) add(socket)
    })
  }

  const refill = () => {
    if (isClosed) return
    for (const connection of idle) if (performance.now() - connection.openedAt > maxIdleMs) drop(connection)
    while (idle.size + opening < count) open()
  }

  const take = (): Socket | undefined => {
    const [connection] = idle
    if (!connection) return undefined
    const { socket, end } = connection
    idle.delete(connection)
    setImmediate(refill)
    return socket.off('readable', end).off('close', end).ref()
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
    /** The connector for undici: an idle connection if there is one, otherwise a new one. */
    connect,
    /** Opens the idle connections, and maintains their number. */
    keep: () => {
      if (timer || count === 0) return
      refill()
      timer = setInterval(refill, checkEveryMs).unref()
    },
    close: () => {
      isClosed = true
      clearInterval(timer)
      for (const connection of idle) drop(connection)
    }
  }
}

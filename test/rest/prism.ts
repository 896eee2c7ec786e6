import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { send, type Answer, type Request } from './produced.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has one
  server.close()
  return port
}

/** A proxy that reports each request and response that the description does not allow. */
export const startPrism = async (t: Test, upstream: string) => {
  const port = await freePort()
  const words = ['proxy', 'openapi.json', upstream, '--errors', '--port', String(port), '--host', '127.0.0.1']
  const prism = spawn(process.execPath, [`${root}node_modules/@stoplight/prism-cli/dist/index.js`, ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(async () => {
    prism.kill()
    if (prism.exitCode === null && prism.signalCode === null) await once(prism, 'exit')
  })
  let said = ''
  await new Promise<void>((ready, fail) => {
    prism.once('exit', () => fail(new Error(said)))
    prism.stdout.on('data', (chunk) => {
      said = `${said}${String(chunk)}`.slice(-5000)
      if (said.includes('listening')) ready()
    })
  })
  return `http://127.0.0.1:${port}`
}

/** A TCP forwarder to one gateway at a time, so that one prism process serves several gateways. */
export const startSwitch = async (t: Test) => {
  let port = 0
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    // Prism must see closed connections as at the gateway itself.
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((client) => {
    const gateway = keep(connect(port, '127.0.0.1'))
    keep(client).pipe(gateway).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pointAt = (url: string) => {
    port = Number(new URL(url).port)
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pointAt } // a TCP server has one
}

/** Sends a request through prism. Returns the response and the violation of the description, if any. */
export const throughPrism = async (
  prism: string,
  request: Request
): Promise<Answer & { violation: string | undefined }> => {
  const answer = await send(prism, request)
  const { 'sl-violations': violations } = answer.headers
  const isWrong = violations !== undefined || /stoplight\.io|VIOLATIONS/.test(answer.text)
  const violation = isWrong
    ? `${request.method} ${request.path} ${answer.status}: ${String(violations)} ${answer.text.slice(0, 300)}`
    : undefined
  return { ...answer, violation }
}

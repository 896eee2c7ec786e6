import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'

type Test = { teardown(done: () => Promise<unknown>): void }

/** Is there a redis-server? In CI there must be one. */
export const hasRedis = (() => {
  try {
    execFileSync('redis-server', ['--version'])
    return true
  } catch {
    if (process.env['CI']) throw new Error('redis-server is missing: .ci/run installs it')
    return false
  }
})()

/** A free port. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

type Options = {
  /** a Redis to which all members have already reported their leases */
  isOld?: boolean
  /** creates an empty folder for each start, in which Redis logs every write */
  folder?: () => string
  /** a command that starts redis-server, with its arguments */
  before?: readonly string[]
}

/** A separate redis-server, which writes nothing to disk without `folder`, and a client for the test itself. */
export const startRedis = async (t: Test, { isOld = true, folder, before = [] }: Options = {}) => {
  const port = await freePort()
  const start = async () => {
    const log = folder ? ['yes', '--dir', folder(), '--rdbcompression', 'no'] : ['no']
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', ...log]
    const [command = '', ...rest] = [...before, 'redis-server', ...args]
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    for await (const chunk of child.stdout) {
      said += String(chunk)
      if (said.includes('Ready to accept connections')) break
    }
    child.stdout.resume()
    return child
  }
  let server = await start()
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 })
  client.on('error', () => {})
  // A new Redis lends each member only its even share for 6 s; most tests are about the time after that.
  if (isOld) await client.set('vdab-gateway:generation', '1:test')
  const end = async () => {
    const exit = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined
    server.kill('SIGKILL')
    await exit
  }
  t.teardown(async () => {
    client.disconnect()
    await end()
  })
  return {
    port,
    client,
    url: `redis://127.0.0.1:${port}`,
    freeze: () => server.kill('SIGSTOP'),
    thaw: () => server.kill('SIGCONT'),
    kill: end,
    restart: async () => {
      server = await start()
    }
  }
}

import { execFileSync, spawn } from 'node:child_process'
import dns from 'node:dns'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { builtCli } from '../built.ts'
import { buildBefore, consumersFile, vdabKey } from '../helper.ts'

type Test = { teardown(done: () => unknown): void }
const portOf = (server: Server) => (server.address() as AddressInfo).port
const talen = '/services/openservices/v1/talen'

const certify = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  execFileSync('openssl', ['req', '-x509', ...made, '-keyout', key, '-out', cert, ...names], { stdio: 'ignore' })
  return { key, cert }
}

/** A VDAB with its own certificate, and a proxy that tunnels to it and records the destinations. */
const startTls = async (t: Test, { key, cert }: ReturnType<typeof certify>) => {
  const vdab = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('[{"code":"N","beschrijving":"Nederlands"}]')
  })
  const tunnels: string[] = []
  const proxy = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (data) => {
      tunnels.push(data.toString().split(' HTTP')[0] ?? '')
      const to = connect(portOf(vdab), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(to).pipe(socket)
      })
      to.on('error', () => socket.destroy())
    })
  })
  for (const server of [vdab, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    vdab.closeAllConnections()
    vdab.close()
    proxy.close()
  })
  return { url: `https://localhost:${portOf(vdab)}/services`, proxy: `http://127.0.0.1:${portOf(proxy)}`, tunnels }
}

/** The status of a request for a list, at a gateway in its own process with these settings. */
const statusWith = async (t: Test, url: string, env: Record<string, string>): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const port = portOf(probe)
  await new Promise((resolve) => probe.close(resolve))
  const child = spawn(process.execPath, [builtCli()], {
    env: {
      PATH: process.env['PATH'],
      VDAB_URL: url,
      VDAB_API_KEY: vdabKey,
      VDAB_RETRIES: '0',
      CONSUMERS_FILE: consumersFile(),
      FEED_INTERVAL_MS: '0',
      WATCH_SHARE: '0',
      WARM_START: 'off',
      HOST: '127.0.0.1',
      PORT: String(port),
      ...env
    },
    stdio: 'ignore'
  })
  t.teardown(async () => {
    const gone = once(child, 'exit')
    child.kill()
    await gone
  })
  const at = `http://127.0.0.1:${port}`
  while (!(await fetch(`${at}/health/live`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return (await fetch(at + talen, { headers: { 'x-api-key': 'team-key' } })).status
}

t.test('a certificate of NODE_EXTRA_CA_CERTS is accepted, directly and through the proxy', async (t) => {
  const made = certify()
  const { url, proxy, tunnels } = await startTls(t, made)
  const extra = { NODE_EXTRA_CA_CERTS: made.cert }
  t.equal(await statusWith(t, url, {}), 502, 'an unknown certificate is refused')
  t.equal(await statusWith(t, url, extra), 200)
  t.equal(await statusWith(t, url, { ...extra, HTTPS_PROXY: proxy, NO_PROXY: 'localhost' }), 200)
  t.same(tunnels, [], 'NO_PROXY is respected')
  t.equal(await statusWith(t, url, { ...extra, HTTPS_PROXY: proxy }), 200)
  t.equal(await statusWith(t, url, { HTTPS_PROXY: proxy }), 502)
  t.match(tunnels, [`CONNECT ${new URL(url).host}`, `CONNECT ${new URL(url).host}`])
})

t.test('an answer larger than the setting is aborted and not retried', async (t) => {
  let calls = 0
  let hasEnded = false
  const { get } = await buildBefore(
    t,
    (_, response) => {
      calls += 1
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(64 * 1024, ' ')
      const write = () => {
        while (!response.destroyed) if (!response.write(chunk)) return void response.once('drain', write)
      }
      response.once('close', () => (hasEnded = true))
      write()
    },
    { VDAB_MAX_ANSWER_MB: '1' }
  )
  const answer = await get(talen)
  t.match(
    [answer.status, await answer.json()],
    [502, { code: 'UPSTREAM_UNAVAILABLE', moreInformation: /smaller page/ }]
  )
  t.equal(calls, 1)
  while (!hasEnded) await new Promise(setImmediate)
  t.pass('the connection is closed')
})

t.test('a new connection resolves the host name of VDAB again', async (t) => {
  const send = (name: string) =>
    createHttpServer((request, response) => {
      // At its start the gateway checks whether a loopback address is the simulator.
      const status = request.url?.startsWith('/_simulator') ? 404 : 200
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      response.end(JSON.stringify([{ code: 'N', beschrijving: name }]))
    })
  const [old, moved] = [send('old'), send('moved')]
  await once(old.listen(0, '127.0.0.1'), 'listening')
  await once(moved.listen(portOf(old), '127.0.0.2'), 'listening')
  const { lookup } = dns
  t.teardown(() => {
    dns.lookup = lookup
    old.close()
    moved.close()
  })
  let address = '127.0.0.1'
  dns.lookup = ((
    name: string,
    options: dns.LookupAllOptions,
    callback: (error: Error | null, found: dns.LookupAddress[]) => void
  ) => {
    if (name === 'localhost') callback(null, [{ address, family: 4 }])
    else lookup(name, options, callback)
  }) as typeof lookup // Node requests all addresses
  const { get } = await buildBefore(t, () => {}, { VDAB_URL: `http://localhost:${portOf(old)}/services` })
  t.match(await (await get(talen)).json(), [{ beschrijving: 'old' }])
  address = '127.0.0.2'
  t.match(await (await get(talen.replace('talen', 'attesten'))).json(), [{ beschrijving: 'moved' }])
})

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { build } from '../helper.ts'
import { deploy, freePort, needs, programEnvironment, run } from './tools.ts'

/** Runs nginx with the shipped site in front of a gateway. Resolves to its port and the certificate to trust. */
const startNginx = async (t: Test, gateway: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  const [plain, port] = [await freePort(), await freePort()]
  const subject = '-subj /CN=gateway.example -addext subjectAltName=DNS:gateway.example'
  const files = `-keyout ${folder}/privkey.pem -out ${folder}/fullchain.pem`
  const made = run('openssl', ...`req -x509 -newkey rsa:2048 -nodes -days 2 ${subject} ${files}`.split(' '))
  t.equal(made.status, 0, made.text)
  const site = readFileSync(join(deploy, 'nginx/vdab-gateway.conf'), 'utf8')
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ', `listen 127.0.0.1:${port} `)
    .replace('127.0.0.1:3000', new URL(gateway).host)
    .replaceAll('/etc/ssl/vdab-gateway', folder)
    .replaceAll('/var/cache/nginx', folder)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`
  )
  const main = `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log stderr crit;\nevents {}\n`
  writeFileSync(join(folder, 'nginx.conf'), `${main}http {\naccess_log off;\n${paths.join('\n')}\n${site}}\n`)
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    env: programEnvironment,
    stdio: ['ignore', 'inherit', 'inherit']
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  return { plain, port, ca: readFileSync(join(folder, 'fullchain.pem')) }
}

const textOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: string[] = []
  for await (const chunk of response.setEncoding('utf8')) chunks.push(String(chunk))
  return chunks.join('')
}

t.test('answers, cached answers, event streams and WebSockets work behind nginx', async (t) => {
  if (!needs(t, 'nginx', '-v') || !needs(t, 'openssl', 'version')) return
  const { url, simulator } = await build(t, { env: { FEED_INTERVAL_MS: '300', STREAM_HEARTBEAT_MS: '50' } })
  const { plain, port, ca } = await startNginx(t, url)
  const ask = (path: string, headers: Record<string, string> = {}) =>
    request({
      host: '127.0.0.1',
      port,
      path,
      ca,
      servername: 'gateway.example',
      headers: { 'x-api-key': 'demo-beheer', ...headers }
    })
  const get = (path: string, headers?: Record<string, string>) =>
    new Promise<IncomingMessage>((resolve, reject) =>
      ask(path, headers).once('response', resolve).once('error', reject).end()
    )
  const isUp = () =>
    get('/health/live').then(
      (response) => response.resume().statusCode === 200,
      () => false
    )
  for (let tries = 0; !(await isUp()); tries += 1) {
    if (tries > 100) throw new Error('nginx does not start')
    await delay(50)
  }

  const redirect = await fetch(`http://127.0.0.1:${plain}/docs`, { redirect: 'manual' })
  t.strictSame([redirect.status, redirect.headers.get('location')], [308, 'https://127.0.0.1/docs'])

  const path = '/services/openservices/v2/vacatures?postcode=1930'
  await simulator.reset()
  const mine = { 'x-api-key': 'demo-frontend' }
  const first = await get(path, mine)
  const text = await textOf(first)
  const second = await get(path, mine)
  t.strictSame([first.statusCode, first.headers['x-cache']], [200, 'MISS'])
  t.strictSame([second.statusCode, second.headers['x-cache']], [200, 'HIT'])
  t.equal(await textOf(second), text)
  const other = await get(path, { 'x-api-key': 'demo-cv' })
  t.not(other.headers['x-cache'], 'HIT', 'the cache separates the answers of each key')
  other.resume()

  const person = '/services/openservices/v1/kandidaten/30dbfef1-59df-4521-a111-964bf0208e68'
  for (let time = 0; time < 2; time += 1) {
    const cv = await get(person, { 'x-doel': 'a test' })
    t.strictSame([cv.statusCode, cv.headers['x-cache']], [200, 'MISS'], 'an answer about a person is never cached')
    cv.resume()
  }
  for (const hidden of ['/metrics', '/status', '/api/audit/kandidaten/30dbfef1-59df-4521-a111-964bf0208e68']) {
    const response = await get(hidden)
    t.match([response.statusCode, await textOf(response)], [404, /nginx/], `${hidden} is not reachable from outside`)
  }

  const stream = await get('/api/vacatures/wijzigingen', { accept: 'text/event-stream' })
  t.match([stream.statusCode, stream.headers['content-type']], [200, /text\/event-stream/])
  const beat = await new Promise<string>((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString())))
  t.ok(beat.length > 0, 'a heartbeat is not buffered')
  stream.destroy()

  const status = await new Promise<number | undefined>((resolve, reject) => {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'graphql-transport-ws'
    }
    const waiting = ask('/graphql', upgrade).once('error', reject)
    waiting.once('response', (response) => resolve(response.resume().statusCode))
    waiting.once('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode)
    })
    waiting.end()
  })
  t.equal(status, 101)
})

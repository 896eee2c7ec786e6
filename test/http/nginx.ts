import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Test = { teardown(done: () => Promise<unknown>): void }

/** Is there an nginx in PATH? Debian has it in /usr/sbin, which is not in every PATH. */
const path = `${process.env['PATH'] ?? ''}:/usr/sbin`
export const hasNginx = (): boolean => spawnSync('nginx', ['-v'], { env: { PATH: path } }).error === undefined

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** A cache configured as in the nginx manual, which relies only on the response headers. */
const configOf = (folder: string, port: number, gateway: string) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=all:1m use_temp_path=off;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${gateway};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache all;
      proxy_cache_key $request_uri;
      proxy_cache_revalidate on;
      add_header x-cache $upstream_cache_status always;
    }
  }
}
`

/** Starts nginx as a shared cache in front of a gateway; resolves to its address. */
export const startNginx = async (t: Test, gateway: string): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  mkdirSync(join(folder, 'cache'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, configOf(folder, port, gateway))
  const child = spawn('nginx', ['-p', folder, '-c', file], {
    env: { PATH: path },
    stdio: ['ignore', 'inherit', 'inherit']
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 100; tries += 1) {
    const isUp = await fetch(`${url}/health/live`).then(
      () => true,
      () => false
    )
    if (isUp) return url
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nginx does not start')
}

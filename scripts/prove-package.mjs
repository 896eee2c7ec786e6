import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

// Does what somebody does who gets the gateway as a package: npm pack, npm install in an empty folder without packages
// for development, npx vdab-gateway, questions by its doors.
const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'prove-package-'))
const folder = join(work, 'empty')
const running = []

const say = (line) => process.stdout.write(`${line}\n`)
const must = (holds, what) => {
  if (!holds) throw new Error(what)
}
const step = async (name, act) => {
  const since = performance.now()
  const end = (word, detail = '') =>
    say(`${word.padEnd(8)}${name}${detail} (${((performance.now() - since) / 1000).toFixed(1)} s)`)
  try {
    const detail = await act()
    end('ok', detail === undefined ? '' : `: ${detail}`)
    return detail
  } catch (error) {
    end('FAILED')
    throw error
  }
}

const wanted = [
  'package.json',
  'npm-shrinkwrap.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'SECURITY.md',
  '.env.example',
  'openapi.json',
  'schema.graphql',
  'docs/operations.md',
  'deploy/systemd/vdab-gateway.service',
  'dist/cli.js',
  'dist/server.js',
  'dist/schema/base.graphql',
  'dist/schema/vacature.graphql'
]
const unwanted =
  /^(test|src|bench|scripts|examples|node_modules|\.ci|\.github|\.tap)\/|\.test\.|\.ts$|\.map$|^\.env$|^package-lock/

const { version, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** What the environment of a user has, without what npm gives to its scripts. */
const environment = (more) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm_|INIT_CWD|NODE_ENV)/.test(key))),
  ...more
})

const pack = async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', work], { cwd: root, maxBuffer: 1e8 })
  const text = stdout.slice(stdout.indexOf('[\n'))
  const [{ filename, files, size, unpackedSize }] = JSON.parse(text)
  const paths = files.map(({ path }) => path)
  const missing = wanted.filter((path) => !paths.includes(path))
  must(missing.length === 0, `the package lacks ${missing.join(', ')}`)
  const strays = paths.filter((path) => unwanted.test(path))
  must(strays.length === 0, `the package holds ${strays.slice(0, 10).join(', ')}`)
  must(!readdirSync(root).includes('npm-shrinkwrap.json'), 'npm-shrinkwrap.json was left behind')
  return {
    file: join(work, filename),
    said: `${paths.length} files, ${Math.round(size / 1000)} kB, ${Math.round(unpackedSize / 1000)} kB unpacked`
  }
}

/** Name and version of every package in a folder's node_modules, as npm has noted them there. */
const installedIn = (place) =>
  Object.entries(JSON.parse(readFileSync(join(place, 'node_modules/.package-lock.json'), 'utf8')).packages).map(
    ([path, entry]) => [path.split('node_modules/').at(-1), entry.version]
  )
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const production = Object.entries(packages)
  .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
  .map(([path, entry]) => [path.split('node_modules/').at(-1), entry.version])
const productionNames = new Set(production.map(([one]) => one))

const mustHoldNoDevelopment = (found) => {
  const strays = found.filter(([one]) => one in devDependencies && !productionNames.has(one))
  must(strays.length === 0, `for development, yet installed: ${strays.join(', ')}`)
}
const quiet = ['--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
const npm = (args, cwd) => run('npm', [...args, ...quiet], { cwd, env: environment({}), maxBuffer: 1e8 })

const install = async (file) => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  await npm(['install', file], folder)
  const found = installedIn(folder)
  mustHoldNoDevelopment(found)
  return `${found.length} packages`
}

const installLocked = async (file) => {
  await run('tar', ['-xzf', file, '-C', work])
  const place = join(work, 'package')
  await npm(['ci'], place)
  const found = installedIn(place)
  mustHoldNoDevelopment(found)
  const locked = new Set(production.map((pair) => pair.join('@')))
  const others = found.filter((pair) => !locked.has(pair.join('@')))
  must(others.length === 0, `not of the versions in the lock file: ${others.map((pair) => pair.join('@')).join(', ')}`)
  const { stdout } = await run(process.execPath, ['dist/cli.js', '--version'], { cwd: place, env: environment({}) })
  must(stdout.trim() === version, stdout)
  return `${found.length} packages, of the versions in package-lock.json`
}

const npx = (args, env = {}) =>
  run('npx', ['--no-install', 'vdab-gateway', ...args], { cwd: folder, env: environment(env) }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr })
  )

/** Starts the gateway by npx, in a process group of its own; resolves to its address. */
const start = async () => {
  const child = spawn('npx', ['--no-install', 'vdab-gateway', '--port', '0'], {
    cwd: folder,
    env: environment({ NODE_ENV: 'production', VDAB_URL: 'simulator' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true
  })
  running.push(child)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (log += text))
  const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)))
  for (const since = performance.now(); performance.now() - since < 30_000; await wait(50)) {
    must(child.exitCode === null, `it ended with ${child.exitCode}: ${log}`)
    const [, url] = /the gateway listens on (http:[^\s"]+)/.exec(log) ?? []
    if (url) return { url, ended, child }
  }
  throw new Error(`it did not start: ${log}`)
}

const get = async (url, headers = {}) => {
  const response = await fetch(url, { headers })
  const text = await response.text()
  must(response.status === 200, `${new URL(url).pathname}: ${response.status} ${text.slice(0, 200)}`)
  return text
}

/** Every file that a page names beside itself. */
const filesOf = (page, url) =>
  [...page.matchAll(/(?:src|href)="([^"#?]+)"/g)]
    .map(([, path]) => new URL(path, url))
    .filter(({ origin, pathname }) => origin === new URL(url).origin && /\.(js|css|svg|png)$/.test(pathname))

const ask = async (url) => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'demo-frontend' },
    body: '{"query":"{ vacatures(first: 3) { nodes { id functie { functieTitel } } } }"}'
  })
  const { data, errors } = await response.json()
  must(!errors && data.vacatures.nodes.length === 3, JSON.stringify(errors ?? data))
  for (const path of ['/graphiql', '/docs']) {
    const page = await get(`${url}${path}`, { accept: 'text/html' })
    const files = filesOf(page, `${url}${path}`)
    must(files.length > 0, `${path} names no file`)
    for (const file of files) await get(file)
  }
  must(JSON.parse(await get(`${url}/openapi.json`)).openapi.startsWith('3.1'), 'openapi.json')
  must(
    (await get(`${url}/schema.graphql`, { 'x-api-key': 'demo-frontend' })).includes('type Vacature'),
    'schema.graphql'
  )
  await get(`${url}/health/ready`)
  await get(`${url}/services/openservices/v2/vacatures`, { 'x-ibm-client-id': 'demo-frontend' })
}

try {
  const { file, said } = await pack()
  say(`ok      npm pack: ${said}`)
  await step('npm install --omit=dev, in an empty folder', () => install(file))
  await step('npm ci --omit=dev, in the unpacked package', () => installLocked(file))
  await step('npx vdab-gateway --version', async () => {
    const { code, out } = await npx(['--version'])
    must(code === 0 && out.trim() === version, `${code}: ${out}`)
    return out.trim()
  })
  await step('in production, without VDAB_URL, the start is refused', async () => {
    const { code, err } = await npx(['--port', '0'], { NODE_ENV: 'production' })
    must(code === 1 && err.includes('VDAB_URL is missing'), `${code}: ${err}`)
  })
  await step('npx vdab-gateway doctor', async () => {
    const { code, out } = await npx(['doctor'], { PORT: '0' })
    must(code === 0, out)
    return out.trim().split('\n').at(-1)
  })
  const { url, ended, child } = await start()
  await step('npx vdab-gateway: GraphQL, REST, GraphiQL, /docs with all of their files', () => ask(url))
  await step('SIGTERM ends it', async () => {
    process.kill(-child.pid, 'SIGTERM')
    const code = await Promise.race([ended, wait(10_000, 'not within 10 s')])
    must([0, 143, 'SIGTERM'].includes(code), `it ended with ${code}`)
  })
  say('\nThe package does what it says.')
} catch (error) {
  process.exitCode = 1
  say(
    `\nThe package is not proven: ${error.message}${[error.stdout, error.stderr].filter(Boolean).join('\n').slice(-4000)}`
  )
} finally {
  for (const child of running)
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
  rmSync(work, { recursive: true, force: true, maxRetries: 3 })
}

import { execFile, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve, sep } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseDockerfile, parseDockerignore, readExec, readWords } from './dockerfile.mjs'

// Does what `docker build` and `docker run` would do with the Dockerfile, in empty folders instead of containers, so that
// it also runs where no container can. What this cannot show: the base image itself, and limits that a container sets.
const run = promisify(execFile)
const context = fileURLToPath(new URL('..', import.meta.url))
const isRoot = process.getuid?.() === 0
const users = { root: 0, node: 1000 }
const work = mkdtempSync(join(tmpdir(), 'prove-dockerfile-'))
const cleanUp = [() => rmSync(work, { recursive: true, force: true, maxRetries: 3 })]

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`
const say = (line) => process.stdout.write(`${line}\n`)
const must = (holds, what) => {
  if (!holds) throw new Error(what)
}
const step = async (name, act) => {
  const since = performance.now()
  try {
    const detail = await act()
    say(`ok      ${name}${detail ? `: ${detail}` : ''} (${seconds(since)})`)
    return detail
  } catch (error) {
    say(`FAILED  ${name} (${seconds(since)})`)
    throw error
  }
}

/** A folder of programs that stands in for the image's: node and npm as the base image has them, and a shell. */
const createBase = async (major) => {
  const folder = join(work, `base-${major}`)
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  await run(
    'npm',
    [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `node-linux-${process.arch}@${major}`,
      'npm@11'
    ],
    { cwd: work }
  )
  symlinkSync(join(folder, `node_modules/node-linux-${process.arch}/bin/node`), join(bin, 'node'))
  symlinkSync(join(folder, 'node_modules/npm/bin/npm-cli.js'), join(bin, 'npm'))
  for (const name of ['sh', 'env', 'cat', 'chmod', 'cp', 'ln', 'ls', 'mkdir', 'mv', 'rm', 'test', 'true']) {
    const found = process.env.PATH.split(delimiter)
      .map((place) => join(place, name))
      .find(existsSync)
    must(found, `${name} is not on PATH`)
    symlinkSync(realpathSync(found), join(bin, name))
  }
  const { stdout } = await run(join(bin, 'node'), ['--version'])
  must(stdout.startsWith(`v${major}.`), `asked for node ${major}, got ${stdout}`)
  return { bin, version: stdout.trim() }
}
const bases = new Map()

/** How this machine reaches the registry: a build gets it from its surroundings too. The gateway itself never sees it. */
const readNetwork = async () => {
  const { stdout } = await run('npm', ['config', 'list', '--json'], { cwd: context })
  const config = JSON.parse(stdout)
  const names = ['registry', 'cafile', 'proxy', 'https-proxy', 'noproxy', 'cache'].filter(
    (name) => typeof config[name] === 'string' && config[name] !== ''
  )
  const inherited = [
    'NODE_EXTRA_CA_CERTS',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy'
  ].filter((name) => process.env[name])
  return {
    ...Object.fromEntries(names.map((name) => [`npm_config_${name.replace('-', '_')}`, config[name]])),
    ...Object.fromEntries(inherited.map((name) => [name, process.env[name]]))
  }
}

const inside = (stage, path) => {
  const full = resolve(stage.root, `.${resolve(stage.workdir, path)}`)
  must(full === stage.root || full.startsWith(stage.root + sep), `${path} leaves the image`)
  return full
}
const environmentOf = (stage) => ({
  PATH: stage.base.bin,
  HOME: join(stage.root, stage.user === 'root' ? 'root' : `home/${stage.user}`),
  ...stage.env
})
const identityOf = ({ user }) => {
  const uid = users[user] ?? Number(user)
  must(Number.isInteger(uid), `the user "${user}" is not one of the base image`)
  return isRoot ? { uid, gid: uid } : {}
}
const refuseAbsolute = (text) =>
  must(
    !/(^|[\s=:;&|<>("'])\/(?!dev\/null\b|\/)/.test(text),
    `names an absolute path, which would be this machine's and not the image's: ${text}`
  )

const copyFromContext = (isIgnored, source, target) => {
  const from = join(context, source)
  must(existsSync(from), `${source} does not exist`)
  if (!statSync(from).isDirectory()) {
    must(!isIgnored(source), `${source} is kept out by .dockerignore`)
    return [[from, target]]
  }
  const files = readdirSync(from, { recursive: true })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => !isIgnored(`${source}/${name}`) && !statSync(join(from, name)).isDirectory())
  must(files.length > 0, `${source} is empty, or kept out by .dockerignore`)
  return files.map((name) => [join(from, name), join(target, name)])
}

/** The text with each ${NAME} replaced by its build argument, which has a default. */
const fill = (text, args) =>
  text.replace(/\$\{(\w+)\}/g, (_, name) => {
    must(Object.hasOwn(args, name), `no ARG ${name} with a default stands before it`)
    return args[name]
  })

/** One row per instruction that is known: what it does to the stage. An instruction without a row fails. */
const instructions = {
  WORKDIR(stage, rest) {
    stage.workdir = resolve(stage.workdir, readWords(rest).words.join(' '))
    mkdirSync(inside(stage, '.'), { recursive: true })
  },
  ENV(stage, rest) {
    const pairs = readWords(rest).words.map((word) => /^(\w+)=(.*)$/.exec(word))
    must(pairs.every(Boolean), `must be NAME=value pairs: ${rest}`)
    for (const [, name, value] of pairs) stage.env[name] = value
  },
  COPY(stage, rest, { isIgnored, stages }) {
    const {
      flags: { from, chown },
      words
    } = readWords(rest, ['from', 'chown'])
    must(chown === undefined || chown === 'node:node', `an owner that is not known: ${chown}`)
    const destination = words.pop()
    must(words.length > 0, `needs a source and a destination: ${rest}`)
    must(
      words.length === 1 || destination.endsWith('/'),
      `several sources need a destination that ends with /: ${rest}`
    )
    const other = from === undefined ? undefined : stages.find(({ name }) => name === from)
    must(from === undefined || other, `no stage before this one is named ${from}`)
    const copies = words.flatMap((word) => {
      const isFolder = statSync(other ? inside({ ...other, workdir: '/' }, word) : join(context, word), {
        throwIfNoEntry: false
      })?.isDirectory()
      const target = inside(
        stage,
        destination.endsWith('/') && !isFolder ? join(destination, word.split('/').at(-1)) : destination
      )
      return other
        ? [[inside({ ...other, workdir: '/' }, word), target]]
        : copyFromContext(isIgnored, word.replace(/^\.?\/|\/$/g, ''), target)
    })
    for (const [source, target] of copies) {
      cpSync(source, target, { recursive: true, verbatimSymlinks: true })
      if (chown && isRoot) chownSync(target, users.node, users.node)
    }
    return from === undefined ? `${copies.length} file(s)` : undefined
  },
  async RUN(stage, rest, { network }) {
    must(!rest.startsWith('--') && !rest.startsWith('['), 'flags and the exec form are not known')
    refuseAbsolute(rest)
    await run(join(stage.base.bin, 'sh'), ['-c', rest], {
      cwd: inside(stage, '.'),
      env: { ...network, ...environmentOf(stage) },
      ...identityOf(stage),
      maxBuffer: 64 * 1024 * 1024
    })
  },
  USER(stage, rest) {
    stage.user = readWords(rest).words.join(' ')
    identityOf(stage)
    mkdirSync(environmentOf(stage).HOME, { recursive: true })
    if (isRoot) chownSync(environmentOf(stage).HOME, identityOf(stage).uid, identityOf(stage).gid)
  },
  ARG(stage, rest) {
    const [, name, value] = /^([A-Z_]+)=(\S+)$/.exec(rest) ?? []
    must(name, `must be NAME=default: ${rest}`)
    stage.args[name] = value
  },
  LABEL(stage, rest) {
    const [, name, value] = /^([a-z.]+)="([^"]+)"$/.exec(rest) ?? []
    must(name, `must be one name="value": ${rest}`)
    stage.labels[name] = fill(value, stage.args)
  },
  EXPOSE(stage, rest) {
    must(/^\d+$/.test(rest), `must be one port: ${rest}`)
    stage.port = Number(rest)
  },
  HEALTHCHECK(stage, rest) {
    const [, flags, command] = /^(.*?)\s*CMD\s+(\[.*\])$/s.exec(rest) ?? []
    must(command, `must be --flags CMD ["command"]: ${rest}`)
    const options = readWords(flags, ['interval', 'timeout', 'start-period', 'retries']).flags
    must(/^\d+s$/.test(options.timeout ?? ''), 'needs a --timeout in seconds')
    stage.healthcheck = { command: readExec(command), timeoutMs: Number.parseInt(options.timeout) * 1000 }
  },
  CMD(stage, rest) {
    stage.command = readExec(rest)
    stage.command.forEach(refuseAbsolute)
  }
}

const startStage = async (rest, stages, args) => {
  const [, major, name] = /^node:(\d+)-slim(?:\s+AS\s+([\w-]+))?$/i.exec(fill(rest, args)) ?? []
  must(major, `the base image is not node:<major>-slim: ${fill(rest, args)}`)
  if (!bases.has(major)) bases.set(major, await createBase(major))
  const root = join(work, `stage-${stages.length}`)
  mkdirSync(join(root, 'root'), { recursive: true })
  stages.push({ name, root, base: bases.get(major), workdir: '/', env: {}, args: {}, labels: {}, user: 'root' })
  return bases.get(major).version
}

const build = async () => {
  const isIgnored = parseDockerignore(readFileSync(join(context, '.dockerignore'), 'utf8'))
  await step('.dockerignore keeps secrets and leftovers out of the build', () => {
    const strays = [
      '.env',
      '.git/config',
      '.npmrc',
      'consumers.json',
      'dist/cli.js',
      'node_modules/fastify/package.json',
      'test/helper.ts'
    ].filter((path) => !isIgnored(path))
    must(strays.length === 0, `not kept out: ${strays.join(', ')}`)
  })
  const stages = []
  const beforeFrom = { args: {} }
  const network = await readNetwork()
  for (const { line, name, rest } of parseDockerfile(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    await step(`Dockerfile:${line} ${name} ${rest.length > 90 ? `${rest.slice(0, 89)}…` : rest}`, () => {
      if (name === 'FROM') return startStage(rest, stages, beforeFrom.args)
      if (name === 'ARG' && stages.length === 0) return instructions.ARG(beforeFrom, rest)
      must(
        Object.hasOwn(instructions, name),
        `${name} is an instruction this proof does not know: teach it, or leave it out`
      )
      must(stages.length > 0, `${name} stands before FROM`)
      return instructions[name](stages.at(-1), rest, { isIgnored, stages, network })
    })
  }
  return stages.at(-1)
}

/** The lock file against node_modules of the final stage: everything for production, nothing for development. */
const checkPackages = (stage) => {
  const { packages } = JSON.parse(readFileSync(join(context, 'package-lock.json'), 'utf8'))
  const { devDependencies } = JSON.parse(readFileSync(join(context, 'package.json'), 'utf8'))
  const isThere = (path) => existsSync(inside(stage, path))
  const paths = Object.keys(packages).filter((path) => path !== '')
  const isDevelopment = (path) => packages[path].dev || packages[path].devOptional
  // A package for development can also be one that a production package needs.
  const needed = new Set(
    paths.filter((path) => !isDevelopment(path)).flatMap((path) => Object.keys(packages[path].dependencies ?? {}))
  )
  const development = [
    ...paths.filter(isDevelopment),
    ...Object.keys(devDependencies)
      .filter((name) => !needed.has(name))
      .map((name) => `node_modules/${name}`)
  ].filter(isThere)
  must(development.length === 0, `for development only, yet in the image: ${development.join(', ')}`)
  const production = paths.filter(
    (path) => !packages[path].dev && !packages[path].devOptional && !packages[path].optional
  )
  const missing = production.filter((path) => !isThere(path))
  must(missing.length === 0, `not in the image: ${missing.join(', ')}`)
  return `${production.length} packages`
}

const sizeOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)

const freePort = () =>
  new Promise((done, fail) => {
    const server = createServer()
      .on('error', fail)
      .listen(0, '127.0.0.1', () => {
        const { port } = server.address()
        server.close(() => done(port))
      })
  })

/** Starts the image's CMD with nothing in its environment but the image's own and what is given here. */
const start = (stage, environment) => {
  const [program, ...args] = stage.command
  const child = spawn(join(stage.base.bin, program), args, {
    cwd: inside(stage, '.'),
    env: { ...environmentOf(stage), ...environment },
    ...identityOf(stage),
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const log = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => log.push(text))
  const ended = new Promise((done, fail) =>
    child.on('error', fail).on('exit', (code, signal) => done({ code, signal }))
  )
  cleanUp.unshift(() => child.exitCode === null && child.kill('SIGKILL'))
  return { child, ended, log: () => log.join('') }
}

const within = async (ms, what, promise) => {
  const late = Symbol('late')
  const stop = new AbortController()
  const answer = await Promise.race([promise, wait(ms, late, { signal: stop.signal })])
  stop.abort()
  must(answer !== late, `${what}: not within ${ms / 1000} s`)
  return answer
}

const until = async (ms, what, ask) => {
  for (const since = performance.now(); performance.now() - since < ms; await wait(50)) {
    const answer = await ask()
    if (answer) return answer
  }
  throw new Error(`${what}: not within ${ms / 1000} s`)
}

const isHealthy = async (stage, environment) => {
  const {
    command: [program, ...args],
    timeoutMs
  } = stage.healthcheck
  const options = {
    cwd: inside(stage, '.'),
    env: { ...environmentOf(stage), ...environment },
    ...identityOf(stage),
    timeout: timeoutMs
  }
  return run(join(stage.base.bin, program), args, options).then(
    () => true,
    (error) => {
      must(error.code === 1, `ended neither with 0 nor with 1: ${error.message}`)
      return false
    }
  )
}

const latencyMs = 1500
const stopWithinMs = 10_000

const runImage = async (stage) => {
  const environment = { PORT: String(await freePort()), VDAB_URL: 'simulator' }
  const gateway = `http://127.0.0.1:${environment.PORT}`
  await step('without VDAB_URL the start is refused', async () => {
    const refused = start(stage, { PORT: environment.PORT })
    const { code } = await within(10_000, 'the refusal', refused.ended)
    must(code === 1 && refused.log().includes('VDAB_URL'), `ended with ${code}: ${refused.log()}`)
  })
  await step('HEALTHCHECK fails where nothing listens', async () =>
    must(!(await isHealthy(stage, environment)), 'it says healthy')
  )

  const { child, ended, log } = start(stage, environment)
  try {
    const simulator = await step(`CMD ${stage.command.join(' ')}, with VDAB_URL=simulator, starts`, () =>
      until(20_000, 'the start', () => {
        must(child.exitCode === null, `it ended with ${child.exitCode}`)
        return log().includes('the gateway listens on') && /the simulator listens on (http:[^\s"]+)/.exec(log())?.[1]
      })
    )
    await step('HEALTHCHECK succeeds', async () => must(await isHealthy(stage, environment), 'it says unhealthy'))

    const door = (path) => new URL(`/_simulator/${path}`, simulator)
    const total = async () => (await (await fetch(door('calls'))).json()).total
    await step('SIGTERM with a request under way: it is answered 200, then the process ends with 0', async () => {
      const put = await fetch(door('faults'), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ latencyMs })
      })
      must(put.ok, `PUT faults: ${put.status}`)
      const before = await total()
      let isAnswered = false
      const question = fetch(`${gateway}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': 'demo-frontend' },
        body: JSON.stringify({ query: '{ vacatures(first: 3) { totaal nodes { id } } }' })
      })
        .then(async (response) => ({ status: response.status, body: await response.text() }))
        .finally(() => (isAnswered = true))
      await until(5000, 'the call to the simulator', async () => (await total()) > before)
      must(!isAnswered, 'the question was answered before the signal: this proves nothing')
      const since = performance.now()
      child.kill('SIGTERM')
      const { status, body } = await within(stopWithinMs, 'the answer', question)
      must(
        status === 200 && JSON.parse(body).data.vacatures.nodes.length === 3 && !JSON.parse(body).errors,
        `answered ${status}: ${body}`
      )
      const answeredAfter = seconds(since)
      const { code, signal } = await within(stopWithinMs - (performance.now() - since), 'the end of the process', ended)
      must(code === 0, `ended with ${code ?? signal}`)
      return `answered ${answeredAfter} after the signal, ended ${seconds(since)} after it`
    })
  } catch (error) {
    say(log())
    throw error
  }
}

const since = performance.now()
try {
  chmodSync(work, 0o755)
  const image = await build()
  await step('the image runs as a user that is not root', () => {
    must(identityOf(image).uid !== 0 && !/^(root|0)(:|$)/.test(image.user), `USER is ${image.user}`)
    return `${image.user}${isRoot ? '' : ' (not switched to: this proof does not run as root)'}`
  })
  await step('the image has a CMD, a HEALTHCHECK and a port', () =>
    must(image.command && image.healthcheck && image.port, 'one is missing')
  )
  await step('the image holds the production packages and nothing for development', () => checkPackages(image))
  await step('the image has the labels of OCI', () => {
    const prefix = 'org.opencontainers.image.'
    const wanted = ['title', 'description', 'licenses', 'version', 'revision', 'created']
    const missing = wanted.filter((label) => !image.labels[`${prefix}${label}`])
    must(missing.length === 0, `without ${missing.join(', ')}`)
    const { name, license } = JSON.parse(readFileSync(join(context, 'package.json'), 'utf8'))
    must(image.labels[`${prefix}title`] === name && image.labels[`${prefix}licenses`] === license, 'they differ')
  })
  await step('the image holds the bill of its packages (CycloneDX)', () => {
    const { bomFormat, components } = JSON.parse(readFileSync(inside(image, 'sbom.cdx.json'), 'utf8'))
    must(bomFormat === 'CycloneDX' && components.some(({ name }) => name === 'fastify'), 'it is none')
    const strangers = components.filter(({ name }) => ['tap', 'typescript'].includes(name))
    must(strangers.length === 0, 'it lists packages for development')
    return `${components.length} components`
  })
  await step('the user of the image can write its state', () => {
    const { uid } = statSync(inside(image, '/var/lib/vdab-gateway'))
    must(!isRoot || uid === identityOf(image).uid, `it belongs to ${uid}`)
  })
  await step('the image holds nothing else but dist', () => {
    const names = readdirSync(inside(image, '.')).sort().join(' ')
    must(names === 'dist node_modules package.json sbom.cdx.json', `it holds: ${names}`)
    return `${Math.round(sizeOf(inside(image, '.')) / 1e6)} MB above the base image`
  })
  await runImage(image)
  say(`\nThe Dockerfile does what it says (${seconds(since)}).`)
} catch (error) {
  process.exitCode = 1
  say(
    `\nThe Dockerfile is not proven: ${error.message}${[error.stdout, error.stderr]
      .filter(Boolean)
      .map((text) => `\n${text.slice(-4000)}`)
      .join('')}`
  )
} finally {
  for (const act of cleanUp) act()
}

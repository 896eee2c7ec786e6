import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseAllDocuments } from 'yaml'
import { doctor } from '../../src/commands/doctor.ts'
import { readConfig } from '../../src/config/index.ts'
import { consumersFile, vdabKey } from '../helper.ts'
import { deploy, freePort, needs, root, run } from './tools.ts'

type Tree = { readonly [name: string]: unknown }
/** Every document of the YAML files of a folder, with its file. */
const documentsIn = (folder: string) =>
  readdirSync(join(deploy, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => {
      const file = join(folder, name)
      return parseAllDocuments(readFileSync(join(deploy, file), 'utf8'), { merge: true, strict: true }).map(
        (document) => ({
          file,
          errors: [...document.errors, ...document.warnings],
          value: document.toJS() as Tree // each file contains mappings
        })
      )
    })
const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (found, name) => (typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined),
    value
  )
const listAt = (value: unknown, ...path: (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}
const scratch = () => mkdtempSync(join(tmpdir(), 'deploy-'))

t.test('every YAML file in deploy/ is valid YAML', async (t) => {
  for (const { file, errors } of documentsIn('.')) t.strictSame(errors, [], file)
})

t.test('promtool accepts the configuration of Prometheus and its rules, and their tests pass', async (t) => {
  if (!needs(t, 'promtool')) return
  for (const args of [
    ['check', 'config', 'deploy/prometheus/prometheus.yml'],
    ['check', 'rules', 'deploy/prometheus/rules.yml'],
    ['test', 'rules', 'deploy/prometheus/test.yml']
  ]) {
    const { status, text } = run('promtool', ...args)
    t.equal(status, 0, `promtool ${args.join(' ')}: ${text}`)
  }
})

t.test('the tests of the rules find a rule that never fires, and one that always fires', async (t) => {
  if (!needs(t, 'promtool')) return
  const rules = readFileSync(join(deploy, 'prometheus/rules.yml'), 'utf8')
  const names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name)
  t.ok(names.length >= 12)
  for (const name of names) {
    for (const expression of ['vector(1) > 2', 'vector(1)']) {
      const folder = scratch()
      cpSync(join(deploy, 'prometheus'), folder, { recursive: true })
      const changed = rules.replace(
        new RegExp(`(- alert: ${name}\\n {8}expr: )[\\s\\S]*?(\\n {8}(?:for|labels):)`),
        (_, before: string, after: string) => `${before}${expression}${after}`
      )
      t.not(changed, rules)
      writeFileSync(join(folder, 'rules.yml'), changed)
      t.not(run('promtool', 'test', 'rules', join(folder, 'test.yml')).status, 0, `${name}: ${expression}`)
    }
  }
})

t.test('every alert states its severity, what has happened and what to do', async (t) => {
  const value = documentsIn('prometheus').find(({ file }) => file.endsWith('rules.yml'))?.value
  for (const rule of listAt(value, 'groups', 0, 'rules')) {
    const name = String(at(rule, 'alert'))
    t.match(at(rule, 'labels', 'severity'), /^(page|warn)$/, name)
    t.match(at(rule, 'annotations'), { summary: /\.$/, todo: /\S/ }, name)
    for (const [page = ''] of String(at(rule, 'annotations', 'todo')).matchAll(/docs\/[\w/-]+\.md/g))
      t.doesNotThrow(() => readFileSync(join(root, page)), `${name}: ${page} exists`)
  }
})

t.test('systemd accepts the unit and rates its exposure as low', async (t) => {
  if (!needs(t, 'systemd-analyze')) return
  const unit = join(scratch(), 'vdab-gateway.service')
  const text = readFileSync(join(deploy, 'systemd/vdab-gateway.service'), 'utf8')
  const here = text.replaceAll('/usr/bin/node', process.execPath).replaceAll(/\/opt\/\S+\/dist\/cli\.js/g, '/bin/true')
  writeFileSync(unit, here)
  t.strictSame(run('systemd-analyze', 'verify', unit), { status: 0, text: '' })
  const { status, text: said } = run(
    'systemd-analyze',
    'security',
    '--offline=true',
    '--threshold=20',
    '--no-pager',
    unit
  )
  t.equal(status, 0, said.trim().split('\n').at(-1) ?? '')
  t.match(text, /ExecStart=\/usr\/bin\/node \S+\/node_modules\/vdab-gateway\/dist\/cli\.js serve\n/)
  const stopSeconds = Number(/TimeoutStopSec=(\d+)/.exec(text)?.[1])
  t.ok(stopSeconds * 1000 > readConfig({}).shutdownMs, 'systemd waits longer than the gateway needs to stop')
})

/** The API group of each kind of Kubernetes, whose models contain the schemas. */
const modelOf: Readonly<Record<string, string>> = {
  Namespace: 'v1',
  Service: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  NetworkPolicy: 'networking.k8s.io/v1'
}
type Model = new (value: unknown) => { validate: () => void }
const modelsOf = async (t: Test, group: string): Promise<Readonly<Record<string, Model>> | undefined> => {
  try {
    return (await import(`kubernetes-models/${group}`)) as Readonly<Record<string, Model>> // as documented
  } catch {
    const reason = 'kubernetes-models is not installed'
    if (process.env['CI'] === 'true') t.fail(reason)
    else t.pass(reason, { skip: reason })
    return undefined
  }
}

t.test('the manifests of Kubernetes are valid by the schemas of its API', async (t) => {
  const overlay = documentsIn('kubernetes-replicas')
  const patches = overlay.flatMap(({ value }) => listAt(value, 'patches').map((patch) => String(at(patch, 'path'))))
  const whole = overlay.filter(({ file }) => !patches.some((patch) => file.endsWith(`/${patch}`)))
  for (const { file, value } of [...documentsIn('kubernetes'), ...whole]) {
    const group = modelOf[String(value['kind'])]
    if (group === undefined) {
      t.match(value['kind'], /^(Kustomization|ServiceMonitor)$/, `${file} is of a kind beyond Kubernetes' own`)
      continue
    }
    const Kind = (await modelsOf(t, group))?.[String(value['kind'])]
    if (!Kind) return
    t.doesNotThrow(() => new Kind(value).validate(), file)
    t.throws(() => new Kind({ ...value, metadata: 'wrong' }).validate(), `an invalid ${file} is refused`)
  }
  const listed = documentsIn('kubernetes').flatMap(({ value }) => listAt(value, 'resources'))
  const files = readdirSync(join(deploy, 'kubernetes'))
  t.strictSame(
    [...listed, 'kustomization.yaml', 'servicemonitor.yaml'].sort(),
    files.sort(),
    'the kustomization names every file'
  )
  t.strictSame(
    [...overlay.flatMap(({ value }) => listAt(value, 'resources')), ...patches, 'kustomization.yaml'].sort(),
    ['../kubernetes', ...readdirSync(join(deploy, 'kubernetes-replicas'))].sort(),
    'the kustomization of the replicas names every file'
  )
})

/** The settings in a list of `{ name, value }`, or in a mapping. */
const settingsIn = (env: unknown): Record<string, string> =>
  Array.isArray(env)
    ? Object.fromEntries(env.map((entry) => [String(at(entry, 'name')), String(at(entry, 'value'))]))
    : Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, String(value)]))

t.test(
  'the Deployment stops gracefully, can write nothing except its state, and mounts its secrets as files',
  async (t) => {
    const documents = documentsIn('kubernetes').map(({ value }) => value)
    const kind = (name: string) => documents.find((value) => value['kind'] === name)
    const pod = at(kind('Deployment'), 'spec', 'template', 'spec')
    const container = at(pod, 'containers', 0)
    const settings = settingsIn(at(container, 'env'))
    t.match(container, {
      startupProbe: { httpGet: { path: '/health/live', port: 'http' } },
      livenessProbe: { httpGet: { path: '/health/live', port: 'http' } },
      readinessProbe: { httpGet: { path: '/health/ready', port: 'http' } },
      resources: { requests: { memory: '1536Mi' }, limits: { memory: '1536Mi' } },
      securityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] }
      }
    })
    t.match(pod, { automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 1000 } })
    const { SHUTDOWN_DELAY_MS: delay = '', SHUTDOWN_TIMEOUT_MS: stop = '' } = settings
    const periods = Number(at(container, 'readinessProbe', 'periodSeconds'))
    const failures = Number(at(container, 'readinessProbe', 'failureThreshold'))
    t.ok(Number(delay) >= periods * failures * 1000, 'the gateway serves until the readiness probe has failed')
    t.ok(Number(stop) > Number(delay))
    t.ok(
      Number(at(pod, 'terminationGracePeriodSeconds')) * 1000 > Number(stop),
      'the gateway is not killed before it has stopped'
    )
    const secrets = Object.keys(settings).filter((name) => /^(VDAB_API_KEY|TOKEN_SECRET)/.test(name))
    t.strictSame(secrets, ['VDAB_API_KEY_FILE', 'TOKEN_SECRET_FILE'], 'no secret is in the environment')
    const mounts = listAt(container, 'volumeMounts').map((mount) => String(at(mount, 'mountPath')))
    for (const [name, path] of Object.entries(settings).filter(([name]) => name.endsWith('_FILE')))
      t.ok(
        mounts.some((mount) => path.startsWith(`${mount}/`)),
        `${name} is on a volume`
      )
    const ports = listAt(container, 'ports').map((port) => at(port, 'name'))
    for (const target of listAt(kind('Service'), 'spec', 'ports')) t.ok(ports.includes(at(target, 'targetPort')))
    t.strictSame(
      at(kind('Service'), 'spec', 'selector'),
      at(kind('Deployment'), 'spec', 'template', 'metadata', 'labels'),
      'the Service selects the pods'
    )
  }
)

t.test('the settings in deploy/ are settings of the gateway, with values that it accepts', async (t) => {
  const documents = documentsIn('.').map(({ value }) => value)
  const container = documents
    .filter((value) => value['kind'] === 'Deployment')
    .map((value) => at(value, 'spec', 'template', 'spec', 'containers', 0, 'env'))
  const composed = documents.map((value) => at(value, 'services', 'gateway', 'environment'))
  const unit = [
    ...readFileSync(join(deploy, 'systemd/vdab-gateway.service'), 'utf8').matchAll(/^Environment=(\w+)=(.*)$/gm)
  ]
  const all = [...container, ...composed, Object.fromEntries(unit.map(([, name, value]) => [name, value]))]
  const secretFile = join(scratch(), 'secret')
  writeFileSync(secretFile, `${vdabKey}${vdabKey}`)
  const urlFile = join(scratch(), 'url')
  writeFileSync(urlFile, 'redis://gateway:password@redis:6379')
  let count = 0
  for (const given of all.filter((env) => env !== undefined)) {
    const settings = settingsIn(given)
    count += Object.keys(settings).length
    const asked = new Set<string>()
    const here: Record<string, string> = {
      ...settings,
      CONSUMERS_FILE: consumersFile(),
      ...Object.fromEntries(
        Object.keys(settings)
          .filter((name) => /^(VDAB_API_KEY|TOKEN_SECRET|REDIS_SECRET|REDIS_URL|REDIS_CA)_FILE$/.test(name))
          .map((name) => [name, name === 'REDIS_URL_FILE' ? urlFile : secretFile])
      )
    }
    const recorded = new Proxy(here, {
      get: (target, name) => {
        asked.add(String(name))
        return Reflect.get(target, name) as string | undefined // the environment in these files contains only strings
      }
    })
    t.doesNotThrow(() => readConfig(recorded))
    t.strictSame(
      Object.keys(settings).filter((name) => !asked.has(name)),
      []
    )
  }
  t.ok(count > 20)
})

t.test('compose runs the hardened gateway, Prometheus and Grafana with the files of deploy/', async (t) => {
  const [base, vdab] = ['compose.yaml', 'compose.vdab.yaml'].map(
    (name) => documentsIn('compose').find(({ file }) => file === join('compose', name))?.value
  )
  t.match(at(base, 'services', 'gateway'), { read_only: true, cap_drop: ['ALL'], build: { context: '../..' } })
  for (const name of ['gateway', 'prometheus', 'grafana']) {
    for (const port of listAt(base, 'services', name, 'ports'))
      t.match(port, /^127\.0\.0\.1:/, 'ports are open on this machine only')
    for (const volume of listAt(base, 'services', name, 'volumes')) {
      const [source = ''] = String(volume).split(':')
      if (source.startsWith('.')) t.ok(readdirSync(join(deploy, 'compose', source)).length > 0, source)
      else t.ok(at(base, 'volumes', source) !== undefined, source)
    }
  }
  const secrets = Object.keys(at(vdab, 'secrets') ?? {})
  t.strictSame(listAt(vdab, 'services', 'gateway', 'secrets'), secrets)
  const settings = settingsIn(at(vdab, 'services', 'gateway', 'environment'))
  for (const name of secrets)
    t.ok(Object.values(settings).includes(`/run/secrets/${name}`), `${name} is read as a file`)
  for (const folder of ['secrets', 'consumers'])
    t.match(readFileSync(join(deploy, 'compose', folder, '.gitignore'), 'utf8'), /^\*\n/, `${folder}/ is not committed`)
})

t.test('the replicas are hardened too, read their secrets from files, and have the right REDIS_MEMBERS', async (t) => {
  const value = documentsIn('compose').find(({ file }) => file.endsWith('compose.replicas.yaml'))?.value
  const settings = settingsIn(at(value, 'services', 'gateway', 'environment'))
  t.equal(Number(settings['REDIS_MEMBERS']), at(value, 'services', 'gateway', 'deploy', 'replicas'))
  for (const name of ['gateway', 'redis'])
    t.match(at(value, 'services', name), { read_only: true, cap_drop: ['ALL'] }, name)
  const secrets = Object.keys(at(value, 'secrets') ?? {})
  const read = ['gateway', 'redis'].flatMap((name) => listAt(value, 'services', name, 'secrets'))
  t.strictSame(read.sort(), secrets.sort())
  for (const port of listAt(value, 'services', 'nginx', 'ports')) t.match(port, /^127\.0\.0\.1:/)
})

/** The manifests of the replicas, by kind and name. */
const replicas = (kind: string, name: string) =>
  documentsIn('kubernetes-replicas').find(
    ({ value }) => value['kind'] === kind && at(value, 'metadata', 'name') === name
  )?.value
const redisPod = () => at(replicas('StatefulSet', 'vdab-gateway-redis'), 'spec', 'template', 'spec')

t.test(
  'the replicas in Kubernetes have the right REDIS_MEMBERS, and only they can reach Redis, which is hardened too',
  (t) => {
    const gateway = replicas('Deployment', 'vdab-gateway')
    const container = at(gateway, 'spec', 'template', 'spec', 'containers', 0)
    const settings = settingsIn(at(container, 'env'))
    t.equal(Number(settings['REDIS_MEMBERS']), at(gateway, 'spec', 'replicas'))
    t.equal(
      settings['VDAB_CALLS_PER_MINUTE'],
      String(readConfig({}).vdab.quota.callsPerMinute),
      'each replica has the whole quota, and the replicas share it'
    )
    const base = documentsIn('kubernetes').find(({ value }) => value['kind'] === 'Deployment')?.value
    t.equal(
      at(base, 'spec', 'template', 'spec', 'containers', 0, 'name'),
      at(container, 'name'),
      'the patch names the container'
    )
    const redis = at(redisPod(), 'containers', 0)
    t.match(redisPod(), { automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } })
    t.match(redis, {
      securityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] }
      }
    })
    t.equal(
      at(replicas('StatefulSet', 'vdab-gateway-redis'), 'spec', 'replicas'),
      1,
      'there is one Redis, since two would double the limits'
    )
    const command = listAt(redis, 'command').map(String)
    const valueOf = (option: string) => command[command.indexOf(option) + 1] ?? ''
    t.equal(valueOf('--maxmemory-policy'), 'noeviction')
    t.ok(
      Number.parseInt(valueOf('--maxmemory'), 10) <=
        0.8 * Number.parseInt(String(at(redis, 'resources', 'limits', 'memory')), 10)
    )
    t.equal(valueOf('--port'), '0', 'Redis listens with TLS only')
    const labels = at(replicas('StatefulSet', 'vdab-gateway-redis'), 'spec', 'template', 'metadata', 'labels')
    t.strictSame(at(replicas('Service', 'vdab-gateway-redis'), 'spec', 'selector'), labels)
    const [into, out] = ['vdab-gateway-redis', 'vdab-gateway-to-redis'].map((name) => replicas('NetworkPolicy', name))
    t.strictSame(at(into, 'spec', 'podSelector', 'matchLabels'), labels)
    t.strictSame(at(out, 'spec', 'egress', 0, 'to', 0, 'podSelector', 'matchLabels'), labels)
    t.strictSame(
      at(into, 'spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels'),
      at(base, 'spec', 'template', 'metadata', 'labels')
    )
    t.equal(at(into, 'spec', 'egress'), undefined, 'Redis may open no connections')
    const guide = readFileSync(join(root, 'docs/how-to/run-several-replicas.md'), 'utf8')
    for (const name of ['vdab-gateway-redis', 'vdab-gateway-sharing']) t.match(guide, `create secret generic ${name} `)
    t.end()
  }
)

t.test(
  'Redis starts with the secrets of the guide and the command of the manifest, and the doctor finds no problem',
  async (t) => {
    if (!needs(t, 'redis-server') || !needs(t, 'openssl', 'version')) return
    const folder = scratch()
    const port = await freePort()
    const guide = readFileSync(join(root, 'docs/how-to/run-several-replicas.md'), 'utf8')
    const [, steps = ''] = /```sh\n( +openssl req[\s\S]*?)\n +kubectl/.exec(guide) ?? []
    const here = steps
      .replace(/^ {3}/gm, '') // the block is indented in a list
      .replace('DNS:vdab-gateway-redis', 'IP:127.0.0.1')
      .replace('@vdab-gateway-redis:6379', `@127.0.0.1:${port}`)
    const made = run('bash', '-ec', `cd ${folder}\n${here}`)
    t.equal(made.status, 0, made.text)
    const inFolder = (argument: unknown) =>
      String(argument)
        .replace('/run/secrets/redis', folder)
        .replace('6379', String(port))
        .replace(/^\/tmp$/, folder)
    const redis = at(redisPod(), 'containers', 0)
    const [program = '', ...args] = listAt(redis, 'command').map(inFolder)
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    let said = ''
    for await (const chunk of child.stdout) if ((said += String(chunk)).includes('Ready to accept connections')) break
    child.stdout.resume()
    const [probe = '', ...asked] = listAt(redis, 'readinessProbe', 'exec', 'command').map(inFolder)
    const ping = (...more: string[]) => run(probe, '-p', String(port), ...more)
    t.strictSame(ping(...asked), { status: 0, text: 'PONG\n' })
    t.not(ping(...asked.slice(0, -1), 'info').status, 0, 'the probe may run no other command')
    const lines: string[] = []
    await doctor(
      {
        PORT: '0',
        REDIS_URL_FILE: join(folder, 'redis.url'),
        REDIS_SECRET_FILE: join(folder, 'redis.secret'),
        REDIS_CA_FILE: join(folder, 'ca.crt')
      },
      { print: (line) => lines.push(line) }
    )
    const ofRedis = lines.filter((line) => / redis /.test(line))
    t.equal(ofRedis.length, 6)
    for (const line of ofRedis) t.match(line, /^ok /)
    t.match(ofRedis.join('\n'), /the connection is encrypted/)
  }
)

t.test('Grafana finds the data source and the dashboard', async (t) => {
  const [sources, providers] = ['datasources', 'dashboards'].map(
    (name) => documentsIn('compose').find(({ file }) => file.includes(`/provisioning/${name}/`))?.value
  )
  const uid = at(sources, 'datasources', 0, 'uid')
  t.equal(uid, 'prometheus')
  const text = readFileSync(join(deploy, 'grafana/vdab-gateway.json'), 'utf8')
  const dashboard: unknown = JSON.parse(text)
  const panels = listAt(dashboard, 'panels').filter((panel) => at(panel, 'type') !== 'row')
  t.ok(panels.length > 25)
  const ids = listAt(dashboard, 'panels').map((panel) => at(panel, 'id'))
  t.equal(new Set(ids).size, ids.length, 'each panel has its own id')
  for (const panel of panels) {
    const title = String(at(panel, 'title'))
    t.equal(at(panel, 'datasource', 'uid'), uid, title)
    t.ok(listAt(panel, 'targets').length > 0, title)
    const { x, w } = at(panel, 'gridPos') as { x: number; w: number } // the grid of Grafana
    t.ok(x + w <= 24, `${title} fits into the grid`)
  }
  const compose = readFileSync(join(deploy, 'compose/compose.yaml'), 'utf8')
  const path = String(at(providers, 'providers', 0, 'options', 'path'))
  t.match(compose, `../grafana:${path}:ro`)
  t.match(compose, './grafana/provisioning:/etc/grafana/provisioning:ro')
})

t.test('nginx accepts its configuration', async (t) => {
  if (!needs(t, 'nginx', '-v') || !needs(t, 'openssl', 'version')) return
  const folder = scratch()
  mkdirSync(join(folder, 'logs'))
  const certificate = run(
    'openssl',
    ...`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gateway.example -keyout ${folder}/privkey.pem`.split(' '),
    '-out',
    `${folder}/fullchain.pem`
  )
  t.equal(certificate.status, 0, certificate.text)
  const site = readFileSync(join(deploy, 'nginx/vdab-gateway.conf'), 'utf8')
    .replaceAll('/etc/ssl/vdab-gateway', folder)
    .replaceAll('/var/cache/nginx', folder)
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${site}}\n`
  )
  const { status, text } = run('nginx', '-t', '-p', folder, '-c', join(folder, 'nginx.conf'))
  t.equal(status, 0, text)
  t.notMatch(text, /\[warn\]/)
})

t.test('the version is the same in every file, and the changelog has a section for it', async (t) => {
  const read = (name: string) => readFileSync(join(root, name), 'utf8')
  const json = (name: string): unknown => JSON.parse(read(name))
  const version = String(at(json('package.json'), 'version'))
  t.match(version, /^\d+\.\d+\.\d+$/)
  t.equal(at(json('package-lock.json'), 'version'), version)
  t.equal(at(json('package-lock.json'), 'packages', '', 'version'), version)
  t.equal(at(json('openapi.json'), 'info', 'version'), version)
  const changelog = read('CHANGELOG.md')
  const titles = [...changelog.matchAll(/^## \[(.+?)\](.*)$/gm)].map(([, name, rest]) => `${name ?? ''}${rest ?? ''}`)
  const [unreleased, newest = '', ...older] = titles
  t.equal(unreleased, 'Unreleased')
  for (const title of [newest, ...older]) t.match(title, /^\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d$/)
  t.ok(newest.startsWith(`${version} - `), 'the newest section is that of package.json')
  for (const section of changelog.split(/^## /m).slice(1)) {
    const kinds = [...section.matchAll(/^### (.+)$/gm)].map(([, kind]) => kind)
    t.equal(new Set(kinds).size, kinds.length, 'each kind of change occurs once')
  }
  const [major, minor] = version.split('.').map(Number)
  t.match(read('docs/upgrading.md'), new RegExp(`^## From .* to ${String(major)}\\.${String(minor)}$`, 'm'))
  t.match(read('README.md'), `This is version ${String(major)}.${String(minor)}.`)
})

import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { request } from 'undici'
import type { Config } from '../../config/index.ts'
import { findingsOf, type DoctorFinding } from './findings.ts'

const node = findingsOf('node')
const descriptors = findingsOf('files')
const port = findingsOf('port')

/** The end of life of each major version of Node that this gateway supports, from Node's release schedule. */
const endOfLife: Readonly<Record<string, string>> = { 20: '2026-04-30', 22: '2027-04-30', 24: '2028-04-30' }
const [minMajor, minMinor] = [20, 19]
const newest = 'Use Node 24 or newer.'

/** Is this version of Node new enough, and does it still get security fixes? */
export const examineNode = (version = process.versions.node, now = Date.now()): readonly DoctorFinding[] => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isTooOld = major < minMajor || (major === minMajor && minor < minMinor)
  if (isTooOld) return [node.error(`Node ${version} is older than ${minMajor}.${minMinor}`, newest)]
  const end = endOfLife[major]
  const hasEnded = end !== undefined && now > Date.parse(`${end}T23:59:59Z`)
  const isBetween = major % 2 === 1 || major < 24
  if (hasEnded) return [node.warning(`Node ${major} gets no security fixes since ${end}`, newest)]
  if (end === undefined && isBetween)
    return [node.warning(`Node ${major} is a line without long-term support`, 'Use Node 24, or a newer even number.')]
  return [node.ok(`Node ${version}`)]
}

const minFiles = 4096

/** How many files and connections may this process open? Returns nothing if the system does not report it. */
export const examineLimits = (path = '/proc/self/limits'): readonly DoctorFinding[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return []
  }
  const [, soft = ''] = /^Max open files\s+(\d+|unlimited)/m.exec(text) ?? []
  if (soft === '') return []
  if (soft === 'unlimited' || Number(soft) >= minFiles) return [descriptors.ok(`${soft} open files are allowed`)]
  return [
    descriptors.warning(
      `only ${soft} open files are allowed, and each connection is one`,
      `Raise the limit to ${minFiles} at least: ulimit -n, or LimitNOFILE= of the systemd unit.`
    )
  ]
}

const listens = (host: string, number: number) =>
  new Promise<string | undefined>((resolve) => {
    const server = createServer()
      .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name))
      .listen(number, host, () => server.close(() => resolve(undefined)))
  })

type Listener = {
  readonly setting: 'PORT' | 'METRICS_PORT'
  readonly host: string
  readonly port: number
  /** the path and response of a running gateway at this port */
  readonly path: string
  readonly answer: RegExp
}

const isGateway = async ({ host, port: number, path, answer }: Listener): Promise<boolean> => {
  try {
    const at = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
    const url = `http://${at.includes(':') ? `[${at}]` : at}:${number}${path}`
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(1000) })
    return statusCode === 200 && answer.test(await body.text())
  } catch {
    return false
  }
}

const examineListener = async (listener: Listener): Promise<readonly DoctorFinding[]> => {
  const { setting, host, port: number } = listener
  if (number === 0) return [port.ok('the system chooses a free port')]
  const code = await listens(host, number)
  if (code === undefined) return [port.ok(`port ${number} on ${host} is free`)]
  if (code === 'EADDRINUSE')
    return (await isGateway(listener))
      ? [port.ok(`a gateway listens on port ${number} already`)]
      : [port.error(`another program uses port ${number} on ${host}`, `Stop it, or choose another ${setting}.`)]
  return [
    code === 'EACCES'
      ? port.error(
          `this user may not listen on port ${number}`,
          `Choose a ${setting} from 1024 on; a proxy can take 443.`
        )
      : port.error(`the gateway cannot listen on ${host}, port ${number} (${code})`, `Correct ${setting} and its host.`)
  ]
}

/** Can the gateway listen on HOST and PORT, and on METRICS_PORT if it is set? */
export const examinePorts = async ({ host, port: number, operator }: Pick<Config, 'host' | 'port' | 'operator'>) => [
  ...(await examineListener({
    setting: 'PORT',
    host,
    port: number,
    path: '/health/live',
    answer: /^\{"status":"ok"\}$/
  })),
  ...(operator
    ? await examineListener({ setting: 'METRICS_PORT', ...operator, path: '/metrics', answer: /^# HELP vdab_gateway_/ })
    : [])
]

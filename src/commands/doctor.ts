import type { Config } from '../config/index.ts'
import { isLoopback, type Environment } from '../config/settings.ts'
import { maxEnrichmentBytes } from '../enrichment/memory.ts'
import { settingsFor, startSimulator } from '../vdab/embeddedSimulator.ts'
import { examineFiles } from './doctor/files.ts'
import type { DoctorFinding } from './doctor/findings.ts'
import { examineLimits, examineNode, examinePorts } from './doctor/machine.ts'
import { examineMemory } from './doctor/memory.ts'
import { examineReach } from './doctor/network.ts'
import { examineSettings } from './doctor/settings.ts'
import { examineVdab } from './doctor/vdab.ts'

type Options = {
  isJson?: boolean
  print?: (line: string) => void
}

/** The maximum wait for one response; the whole run takes a few times as long. */
const maxWaitMs = 5000

const proxyOf = ({ proxy: { https } }: Config['vdab'], url: URL): URL | undefined =>
  https === undefined || url.protocol !== 'https:' || isLoopback(url) ? undefined : new URL(https)

const examineUpstream = async (config: Config): Promise<readonly DoctorFinding[]> => {
  const { vdab } = config
  const embedded = vdab.url ? undefined : await startSimulator(vdab)
  try {
    const settings = settingsFor(vdab, embedded?.url)
    const timeoutMs = Math.min(maxWaitMs, vdab.connectTimeoutMs)
    const addresses = [
      { setting: 'VDAB_URL', url: settings.url },
      ...(settings.token ? [{ setting: 'VDAB_TOKEN_URL', url: settings.token.url }] : [])
    ]
    const reached = await Promise.all(
      addresses.map(({ setting, url }) => examineReach({ setting, url, proxy: proxyOf(vdab, url), timeoutMs }))
    )
    const findings = reached.flat()
    // Without a connection every call fails for the same reason.
    if (findings.some(({ level }) => level === 'error')) return findings
    return [...findings, ...(await examineVdab(settings, maxWaitMs))]
  } finally {
    await embedded?.close()
  }
}

/** Without REDIS_URL no code for Redis is loaded. */
const examineSharing = async ({ sharing }: Config): Promise<readonly DoctorFinding[]> => {
  if (!sharing) return []
  const { examineRedis } = await import('./doctor/redis.ts')
  return examineRedis(sharing, maxWaitMs)
}

const lineOf = ({ level, about, what, todo }: DoctorFinding) =>
  `${level.padEnd(8)} ${about.padEnd(8)} ${what}${todo === undefined ? '' : `. ${todo}`}`

/**
 * Examines the machine, the settings, the files, VDAB and Redis, and prints what is right, what is wrong and what to
 * do: one line for each finding, or JSON. No line contains a secret. It briefly listens on the port of the gateway,
 * makes at most four calls to VDAB, and changes nothing. Resolves to false when there is an error.
 */
export const doctor = async (
  environment: Environment,
  { isJson = false, print = (line) => process.stdout.write(`${line}\n`) }: Options = {}
): Promise<boolean> => {
  const { config, findings } = examineSettings(environment)
  const machine = [...examineNode(), ...examineLimits()]
  const rest = config
    ? [
        ...examineMemory({ ...config, enrichment: maxEnrichmentBytes(config) }),
        ...(await examinePorts(config)),
        ...examineFiles(config, environment),
        ...(await examineUpstream(config)),
        ...(await examineSharing(config))
      ]
    : []
  const all = [...findings, ...machine, ...rest]
  const count = { ok: 0, warning: 0, error: 0 }
  for (const { level } of all) count[level] += 1
  if (isJson) print(JSON.stringify({ checkedAt: new Date().toISOString(), count, findings: all }, null, 2))
  else {
    for (const finding of all) print(lineOf(finding))
    print(`${count.ok} ok, ${count.warning} warning(s), ${count.error} error(s)`)
  }
  return count.error === 0
}

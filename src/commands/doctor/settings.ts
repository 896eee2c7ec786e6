import { readConfig, type Config } from '../../config/index.ts'
import type { Environment } from '../../config/settings.ts'
import { ConfigError } from '../../errors.ts'
import { findingsOf, type DoctorFinding } from './findings.ts'

const { ok, warning, error } = findingsOf('settings')
const where = 'Correct it; docs/operations/settings.md describes every setting.'

/** Reads the settings. `config` is undefined when they are invalid; checks that depend on them are then skipped. */
export const examineSettings = (
  environment: Environment
): { config: Config | undefined; findings: readonly DoctorFinding[] } => {
  try {
    const config = readConfig(environment)
    const unknown = config.unknown.map((text) => warning(text, 'Rename it, or remove it.'))
    const ignored = config.notYet.map((name) => warning(`${name} is set, but this version ignores it`, 'Remove it.'))
    const isDemo = config.consumersFile === undefined
    const demo =
      isDemo && config.vdab.url === undefined
        ? [ok('no key and no VDAB_URL: the gateway runs on the embedded simulator, with the demo consumers')]
        : []
    return { config, findings: [ok('the settings are right'), ...demo, ...unknown, ...ignored] }
  } catch (reason) {
    if (!(reason instanceof ConfigError)) throw reason
    return { config: undefined, findings: reason.problems.map((problem) => error(problem, where)) }
  }
}

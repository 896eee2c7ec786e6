import type { Config } from '../config/index.ts'
import { ConfigError } from '../errors.ts'
import { fileProblems } from '../server.ts'

/**
 * Checks the files that the settings name, for `serve --check`; reading the settings has already validated them. Opens
 * no port, makes no calls and writes nothing. Throws ConfigError with all problems.
 */
export const checkSettings = (config: Config, print = (line: string) => void process.stdout.write(`${line}\n`)) => {
  const problems = fileProblems(config).map(({ problem }) => problem)
  if (problems.length > 0) throw new ConfigError([...problems, ...config.unknown])
  for (const unknown of config.unknown) print(`warning: ${unknown}`)
  print('The settings and the files that they name are right.')
  return true
}

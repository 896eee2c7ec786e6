import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The path of the built command line. Throws without a build, since a test would wait for a process that never listens.
 */
export const builtCli = (): string => {
  const path = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
  if (!existsSync(path)) throw new Error('dist/cli.js does not exist: run npm run build first')
  return path
}

import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const deploy = fileURLToPath(new URL('../../deploy', import.meta.url))
/** Debian has servers in /usr/sbin, which is not in every PATH. */
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` }

/** Is this program installed? Without it the test is skipped, or fails in CI. */
export const needs = (t: Test, program: string, version = '--version'): boolean => {
  if (spawnSync(program, [version], { env: environment }).error === undefined) return true
  const reason = `there is no ${program} on this machine`
  if (process.env['CI'] === 'true') t.fail(reason)
  else t.pass(reason, { skip: reason })
  return false
}

/** Runs a program to its end. */
export const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, { env: environment, encoding: 'utf8', cwd: root })
  return { status, text: `${stdout}${stderr}` }
}

/** A free port of the loopback address. */
export const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo // it listens
      server.close(() => resolve(port))
    })
  })

/** The environment of a program that is started. */
export const programEnvironment = environment

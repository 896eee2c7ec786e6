import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const graceMs = 3000
const readyMs = 120_000
const children = new Set<ChildProcess>()

/** Can servers and load have separate cores? */
export let canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** From now on, processes run on any free core. */
export const letFloat = () => {
  canPin = false
}

/** The core of the measured server, and the core of the load and of the upstream. */
export const cores = { server: 0, load: 1 } as const

/** A temporary folder, removed at the end of the run. */
export const folder = mkdtempSync(join(tmpdir(), 'bench-'))

/** A command and its arguments, pinned to a core where possible. */
export const pinned = (core: number, command: string, args: readonly string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]

/** Pins this process, with all its threads, to the core of the load. */
export const pinSelf = () => {
  if (canPin) spawnSync('taskset', ['-acp', String(cores.load), String(process.pid)])
}

const end = async (child: ChildProcess) => {
  children.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(timer)
}

/** Ends every process that this run has started. Its folder is removed when it exits. */
export const endAll = async () => {
  await Promise.all([...children].map(end))
}

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A free port. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  server.close()
  return port
}

/** A server in its own process. */
export type Server = { url: string; pid: number; child: ChildProcess; end: () => Promise<void> }

/** Sends bench/product-server.mjs a one-word request. */
export const tellOf = async <Answer>({ child }: Server, what: string): Promise<Answer> => {
  child.send(what)
  const [answer] = (await once(child, 'message')) as [Answer] // it sends no other message
  return answer
}

type Options = {
  args: readonly string[]
  port: number
  env?: Readonly<Record<string, string>>
  core?: number
  out?: string
  ready: string
  withIpc?: boolean
}

/**
 * Runs node with `args` on a core, as in production, and waits until `ready` answers 200. Without tsx and without the
 * command line flags of this process; stdout goes to the file `out`, or nowhere. Throws when it exits first or takes
 * longer than 120 s.
 */
export const startNode = async ({
  args,
  port,
  env = {},
  core = cores.server,
  out,
  ready,
  withIpc = false
}: Options): Promise<Server> => {
  const to = out === undefined ? 'ignore' : openSync(out, 'a')
  const stdio: StdioOptions = ['ignore', to, 'inherit', ...(withIpc ? ['ipc' as const] : [])]
  const child = spawn(...pinned(core, process.execPath, args), {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio
  })
  if (typeof to === 'number') closeSync(to)
  children.add(child)
  const url = `http://127.0.0.1:${port}`
  for (const until = performance.now() + readyMs; ;) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`)
    if (performance.now() > until) throw new Error(`${args.join(' ')} did not get ready`)
    const answer = await fetch(url + ready).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.status === 200) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { url, pid: child.pid ?? 0, child, end: () => end(child) }
}

const parents = (): Map<number, number> =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          // The program name is in parentheses, and may contain any character.
          return [
            [
              Number(name),
              Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
            ] as const
          ]
        } catch {
          return [] // it has exited in the meantime
        }
      })
  )

/** A process and its child processes, such as workers. */
const familyOf = (pid: number): number[] => {
  const family = new Set([pid])
  const all = parents()
  for (let size = 0; size < family.size;) {
    size = family.size
    for (const [child, parent] of all) if (family.has(parent)) family.add(child)
  }
  return [...family]
}

const orZero = (read: () => number): number => {
  try {
    return read()
  } catch {
    return 0
  }
}

const cpuOfOne = (pid: number) =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
    0
  ) / 1000
const lineOf = (file: string, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0) / 1024
const sumOf = (pid: number, of: (pid: number) => number) =>
  orZero(() => familyOf(pid).reduce((sum, one) => sum + of(one), 0))

/** The CPU time of a process and its workers, all threads together, in µs; 0 where the system does not report it. */
export const cpuOf = (pid: number): number => sumOf(pid, cpuOfOne)

/** The resident memory of a process and its workers in MB; 0 where the system does not report it. */
export const rssOf = (pid: number): number => sumOf(pid, (one) => lineOf(`/proc/${one}/status`, 'VmRSS'))

/** The peak; of several processes, the sum of their peaks. */
export const peakRssOf = (pid: number): number => sumOf(pid, (one) => lineOf(`/proc/${one}/status`, 'VmHWM'))

/** The resident memory, with shared memory counted once. */
export const pssOf = (pid: number): number => sumOf(pid, (one) => lineOf(`/proc/${one}/smaps_rollup`, 'Pss'))

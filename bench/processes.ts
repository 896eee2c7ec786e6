import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

const graceMs = 3000
const readyMs = 30_000
const children = new Set<ChildProcess>()

/** May servers and load stand on cores of their own? */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

/** The core of whatever is measured, and the core of all that asks and of what stands behind. */
export const cores = { server: 0, load: 1 } as const

/** A folder of this run, gone with it. */
export const folder = mkdtempSync(join(tmpdir(), 'bench-'))

/** A command and its arguments, bound to a core where that can be done. */
export const pinned = (core: number, command: string, args: readonly string[]): [string, string[]] =>
  canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]

/** Puts this very process, all its threads, on the core of the load. */
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

/** Ends every process that this run has started. Its folder goes when it ends itself. */
export const endAll = async () => { await Promise.all([...children].map(end)) }

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** A port that nobody uses at this moment. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  server.close()
  return port
}

/** A server in a process of its own. */
export type Server = { url: string; pid: number; child: ChildProcess; end: () => Promise<void> }

type Options = { args: readonly string[]; port: number; env?: Readonly<Record<string, string>>; core?: number; out?: string; ready: string; withIpc?: boolean }

/**
 * Runs node with `args` on a core and waits until `ready` answers 200. Without tsx and without what this process was given
 * on its command line; stdout goes to the file `out`, or nowhere. Throws when it ends first or takes longer than 30 s.
 */
export const startNode = async ({ args, port, env = {}, core = cores.server, out, ready, withIpc = false }: Options): Promise<Server> => {
  const to = out === undefined ? 'ignore' : openSync(out, 'a')
  const stdio: StdioOptions = ['ignore', to, 'inherit', ...(withIpc ? ['ipc' as const] : [])]
  const child = spawn(...pinned(core, process.execPath, args), { env: { PATH: process.env['PATH'], ...env }, stdio })
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

/** The time that a process has had on its core, all its threads together, in µs; 0 where the system does not tell. */
export const cpuOf = (pid: number): number => {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    return tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1000
  } catch {
    return 0
  }
}

/** The resident memory of a process in MB; 0 where the system does not tell. */
export const rssOf = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

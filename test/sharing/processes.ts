import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { builtCli } from '../built.ts'
import { freePort } from './redis.ts'

/** A gateway in its own process, which can be stopped and started again on the same port. */
export const createMember = async (t: Test, env: Record<string, string>) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const isReady = async () => {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined)
    await answer?.arrayBuffer()
    return answer?.status === 200
  }
  const start = async () => {
    child = spawn(process.execPath, [builtCli()], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env['PATH'], PORT: String(port), ...env }
    })
    while (!(await isReady())) await setTimeout(50) // leaves the core to the starting process
  }
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  t.teardown(() => stop('SIGKILL'))
  return { url, isReady, start, stop }
}

export type Member = Awaited<ReturnType<typeof createMember>>

/** Sends requests to the ready members in turn, like a load balancer. */
export const createBalancer = (members: readonly Member[]) => {
  const ready = new Map(members.map((member) => [member, true]))
  let turn = 0
  let isOver = false
  const watching = members.map(async (member) => {
    while (!isOver) {
      ready.set(member, await member.isReady())
      await setTimeout(50)
    }
  })
  /** Sends a request to the next ready member, or to another one if the connection is refused. */
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    for (let tries = 0; ; tries += 1) {
      turn += 1
      const member = members[turn % members.length] as Member // an index below the length
      if (!ready.get(member) && tries < 1000) {
        await setTimeout(5)
        continue
      }
      try {
        return await fetch(`${member.url}${path}`, init)
      } catch (error) {
        const { code } = (error as { cause?: { code?: string } }).cause ?? {} // where fetch puts the reason
        if (code !== 'ECONNREFUSED') throw error
      }
    }
  }
  return {
    ask,
    close: async () => {
      isOver = true
      await Promise.all(watching)
    }
  }
}

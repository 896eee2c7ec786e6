import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type Test } from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { secret, until } from './gateways.ts'
import { createBalancer, createMember } from './processes.ts'
import { hasRedis, startRedis } from './redis.ts'

const skip = hasRedis ? false : 'there is no redis-server'
const [limit, minute, edgeMs] = [120, 60_000, 500]

/** Three gateway processes in front of one VDAB, behind a load balancer. */
const world = async (t: Test) => {
  const redis = await startRedis(t)
  const simulator = createSimulator({ vacatures: 400, kandidaten: 0 })
  const base = await simulator.listen()
  t.teardown(() => simulator.close())
  const folder = mkdtempSync(join(tmpdir(), 'restart-'))
  const entry = (name: string, requestsPerMinute: number) => ({
    name,
    sha256: sha256(name),
    scopes: ['vacatures'],
    limits: { requestsPerMinute, costPerMinute: 1_000_000 }
  })
  writeFileSync(join(folder, 'consumers.json'), JSON.stringify([entry('free', 1_000_000), entry('limited', limit)]))
  const env = (name: string) => ({
    VDAB_URL: base,
    VDAB_API_KEY: 'test',
    CONSUMERS_FILE: join(folder, 'consumers.json'),
    AUDIT_FILE: join(folder, `audit-${name}.ndjson`),
    REDIS_URL: redis.url,
    REDIS_SECRET: secret,
    REDIS_MEMBERS: '3',
    REDIS_TIMEOUT_MS: '400',
    FEED_INTERVAL_MS: '500',
    SHUTDOWN_DELAY_MS: '400',
    MAX_EVENT_LOOP_DELAY_MS: '0',
    REFUSAL_DELAY_MS: '0',
    WARM_START: 'off'
  })
  const members = await Promise.all(['one', 'two', 'three'].map((name) => createMember(t, env(name))))
  await Promise.all(members.map(({ start }) => start()))
  const { ask, close } = createBalancer(members)
  const change = async (id: string, number: number) => {
    const body = JSON.stringify({ aantalJobs: number })
    const changed = await fetch(new URL(`/_simulator/vacatures/${id}`, base), { method: 'PATCH', body })
    if (!changed.ok) throw new Error(`the simulator answered ${changed.status}`)
    await changed.arrayBuffer()
  }
  return { members, ask, close, change }
}

type Ask = Awaited<ReturnType<typeof world>>['ask']
const header = (key: string, more: Record<string, string> = {}) => ({ headers: { 'x-api-key': key, ...more } })

/** Reads the stream of changes; when a stream ends, resumes at another member after the last event. */
const follow = (ask: Ask) => {
  const ids: string[] = []
  const end = new AbortController()
  let cursor = ''
  const read = async () => {
    const resumed: Record<string, string> = cursor === '' ? {} : { 'last-event-id': cursor }
    const accept = { accept: 'text/event-stream', ...resumed }
    const answer = await ask('/api/vacatures/wijzigingen', { ...header('free', accept), signal: end.signal })
    let text = ''
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString()
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        cursor = /^id: (.+)$/m.exec(event)?.[1] ?? cursor
        const id = /"interneReferentie":"([^"]+)"/.exec(event)?.[1]
        if (id !== undefined) ids.push(id)
      }
    }
  }
  const reading = (async () => {
    while (!end.signal.aborted) await read().catch(() => undefined) // resume at the next member
  })()
  const close = async () => {
    end.abort()
    await reading
  }
  return { ids, hasStarted: () => cursor !== '', close }
}

/**
 * Sends requests in a loop; counts the statuses, and the requests served in each minute. Those of its first half second
 * may belong to the window before: a gateway knows the clock of Redis only as well as a round trip allows.
 */
const load = (ask: Ask, key: string) => {
  const statuses = new Map<string, number>()
  const served = new Map<number, number>()
  let isOver = false
  const asking = (async () => {
    while (!isOver) {
      const startedAt = Date.now()
      const window = Math.floor(startedAt / minute)
      const status = await ask('/graphql?query={__typename}', header(key)).then(
        async (answer) => {
          await answer.arrayBuffer()
          return String(answer.status)
        },
        (error: unknown) => String((error as { cause?: unknown }).cause ?? error)
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === '200' && startedAt % minute > edgeMs && window === Math.floor(Date.now() / minute))
        served.set(window, (served.get(window) ?? 0) + 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  const close = async () => {
    isOver = true
    await asking
    return { statuses: [...statuses.keys()].sort(), served: [...served.values()] }
  }
  return { close, sum: () => [...statuses.values()].reduce((sum, count) => sum + count, 0) }
}

test(
  'three gateways restart in turn under load: no failed request, no lost event, no limit granted twice',
  { skip, timeout: 300_000 },
  async (t) => {
    const { members, ask, close, change } = await world(t)
    const page = await ask('/api/vacatures?first=200', header('free'))
    const ids = ((await page.json()) as { nodes: { id: string }[] }).nodes.map(({ id }) => id.replace('Vacature:', ''))
    const reader = follow(ask)
    await until(reader.hasStarted)
    const [free, limited] = [load(ask, 'free'), load(ask, 'limited')]
    const changed: string[] = []
    let isOver = false
    const changing = (async () => {
      for (let number = 0; !isOver && number < ids.length; number += 1) {
        await change(ids[number] ?? '', 1 + number)
        changed.push(ids[number] ?? '')
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })()
    for (const member of members) {
      await member.stop()
      await member.start()
      const before = free.sum()
      await until(() => free.sum() > before + 30)
    }
    isOver = true
    await changing
    await until(() => changed.every((id) => reader.ids.includes(id)))
    const firsts = [...new Set(reader.ids)].filter((id) => changed.includes(id))
    t.strictSame(firsts, changed, 'each change was delivered, in order')
    t.strictSame((await free.close()).statuses, ['200'], 'no request failed')
    const { statuses, served } = await limited.close()
    t.strictSame(statuses, ['200', '429'])
    t.ok(
      served.every((count) => count <= limit),
      `${served.join(', ')} of ${limit} were served`
    )
    await reader.close()
    await close()
  }
)

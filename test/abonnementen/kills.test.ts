import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { sha256 } from '../../src/access/consumers.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { builtCli } from '../built.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
// CHANGES=10000 takes some minutes
const changes = Number(process.env['CHANGES'] ?? 1000)
const receiverKills = 20
const gatewayKills = 5
type Line = { volg: number; isValid: boolean; id: string; soort: string; at: number }

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has one
  server.close()
  await once(server, 'close')
  return port
}

/** A process that can be killed and started again. */
const createProcess = (start: () => ChildProcess) => {
  let child: ChildProcess | undefined
  return {
    start: () => (child = start()),
    kill: async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
}

const startGateway = (port: number, base: string, folder: string) =>
  spawn(process.execPath, [builtCli()], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      VDAB_URL: base,
      VDAB_API_KEY: 'test',
      PORT: String(port),
      FEED_INTERVAL_MS: '200',
      FEED_OVERLAP_MS: '1000',
      WARM_START: 'off',
      FAST_PATH: 'off',
      ENRICH_PLAATS: 'off',
      CONSUMERS_FILE: join(folder, 'consumers.json'),
      STATE_FILE: join(folder, 'state.sqlite'),
      AUDIT_FILE: join(folder, 'audit.ndjson'),
      ABONNEMENTEN_PRIVATE: 'on'
    }
  })

const idsOf = async (url: string) => {
  const query = '{ vacatures(first: 200) { nodes { id } } }'
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'x-api-key': 'team', 'content-type': 'application/json' },
    body: JSON.stringify({ query })
  })
  const { data } = (await answer.json()) as { data: { vacatures: { nodes: { id: string }[] } } }
  return data.vacatures.nodes.map(({ id }) => id.slice(9))
}

test(
  `${changes} changes, ${receiverKills} kills of the receiver and ${gatewayKills} of the gateway: nothing is missed`,
  { timeout: 110 * Math.max(1000, changes) },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kills-'))
    const file = join(folder, 'told.ndjson')
    const [port, hookPort] = [await freePort(), await freePort()]
    const simulator = createSimulator({ vacatures: 250, kandidaten: 0 })
    const base = await simulator.listen()
    const entry = { name: 'team', sha256: sha256('team'), scopes: ['vacatures', 'abonnementen'] }
    writeFileSync(join(folder, 'consumers.json'), JSON.stringify([{ ...entry, webhooks: [`127.0.0.1:${hookPort}`] }]))
    writeFileSync(file, '')
    const deliveries = () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))

    const url = `http://127.0.0.1:${port}`
    const gateway = createProcess(() => startGateway(port, base, folder))
    const startAndListen = async () => {
      for await (const line of gateway.start().stdout ?? []) if (String(line).includes('the gateway listens on')) break
    }
    await startAndListen()
    const created = await fetch(`${url}/api/abonnementen`, {
      method: 'POST',
      headers: { 'x-api-key': 'team', 'content-type': 'application/json' },
      body: JSON.stringify({ url: `http://127.0.0.1:${hookPort}/hook` })
    })
    const { geheim } = (await created.json()) as { geheim: string }
    const script = fileURLToPath(new URL('receiver-process.mjs', import.meta.url))
    const receiver = createProcess(() =>
      spawn(process.execPath, [script, String(hookPort), file, geheim], { cwd: root, stdio: 'inherit' })
    )
    receiver.start()
    t.teardown(async () => {
      await gateway.kill()
      await receiver.kill()
      await simulator.close()
    })

    /** The last change of each vacancy. */
    const last = new Map<string, { at: number; isRemoved: boolean }>()
    const ids = await idsOf(url)
    const change = async (number: number) => {
      const id = ids[number % ids.length] ?? ''
      const isRemoved = number >= changes - 20
      const answer = await fetch(new URL(`/_simulator/vacatures/${id}`, base), {
        method: isRemoved ? 'DELETE' : 'PATCH',
        headers: { 'content-type': 'application/json' },
        ...(isRemoved ? {} : { body: JSON.stringify({ aantalJobs: (number % 90) + 1 }) })
      })
      if (!answer.ok) throw new Error(`${answer.status}`)
      await answer.arrayBuffer()
      last.set(id, { at: Date.now(), isRemoved })
    }
    const steps = receiverKills + gatewayKills
    const worksOn = async () => {
      const before = deliveries().length
      while (deliveries().length === before) await setTimeout(50)
    }
    let restarting: Promise<void> | undefined
    for (let step = 0, number = 0; step < steps; step += 1) {
      for (const end = Math.round(((step + 1) / steps) * changes); number < end; number += 1) {
        await change(number)
        await setTimeout(5)
      }
      if (restarting) {
        // The feed still contains the changes made during the restart.
        await restarting
        await worksOn()
        restarting = undefined
      }
      if (step % 5 === 2) {
        await gateway.kill()
        restarting = startAndListen()
      } else {
        await receiver.kill()
        receiver.start()
      }
    }
    await restarting

    const missing = () => {
      const latest = new Map<string, Line>()
      for (const line of deliveries()) latest.set(line.id, line)
      return [...last].filter(([id, { at, isRemoved }]) => {
        const line = latest.get(id)
        return !line || line.at < at || line.soort !== (isRemoved ? 'VERWIJDERD' : 'GEWIJZIGD')
      })
    }
    while (missing().length > 0) await setTimeout(200)
    t.strictSame(missing(), [], 'the last change of each vacancy was delivered')
    const lines = deliveries()
    t.ok(lines.length >= last.size)
    t.strictSame(
      lines.filter(({ isValid }) => !isValid),
      [],
      'every signature is valid'
    )
    const highest = new Map<string, number>()
    const outOfOrder = lines.filter(({ id, volg }) => {
      const before = highest.get(id) ?? 0
      highest.set(id, Math.max(before, volg))
      return volg < before
    })
    t.strictSame(outOfOrder, [], 'the deliveries of a vacancy are in order')
    t.comment(`${lines.length} deliveries`)
  }
)

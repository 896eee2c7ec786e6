import { setTimeout as sleep } from 'node:timers/promises'
import { endAll, letFloat } from '../processes.ts'
import { secretsOfConsumers } from './consumers.ts'
import { faults, type Fault } from './faultTable.ts'
import { exports } from './probes/exports.ts'
import { freshness } from './probes/freshness.ts'
import { cvs, requests } from './probes/limits.ts'
import { quota } from './probes/quota.ts'
import { resume } from './probes/resume.ts'
import { seats } from './probes/seats.ts'
import { createRow, type Row, type Verdict } from './row.ts'
import { members, startWorld, vdabKey, type World } from './world.ts'

const [beforeMs, afterMs, marginMs, minuteMs] = [8000, 9000, 3000, 60_000]
const recoveryMs = 5000
const say = (text: string) => void process.stdout.write(`${text}\n`)
type Probe = (row: Row) => Promise<Verdict>

/** Waits until a row fits in the current minute, since windows are minutes of Redis' clock. */
const earlyInMinute = async (rowMs: number) => {
  for (;;) {
    const at = Date.now() % minuteMs
    if (at >= marginMs && at + rowMs < minuteMs - marginMs) return
    await sleep(50)
  }
}

type Ready = { sharing: { isReachable: boolean; outages: number; members: number } }
const sharingOf = async (url: string) => ((await (await fetch(`${url}/health/ready`)).json()) as Ready).sharing
/** The number of outages of Redis that the gateways have noticed. */
const outages = async ({ urls }: World) =>
  (await Promise.all(urls.map(sharingOf))).reduce((sum, { outages }) => sum + outages, 0)

/** The time in ms until all members reach Redis and know each other. */
const recovered = async ({ urls }: World): Promise<number> => {
  const began = performance.now()
  const isJoined = async (url: string) => {
    const sharing = await sharingOf(url)
    return sharing.isReachable && sharing.members === members
  }
  while (performance.now() - began < 2 * recoveryMs) {
    if ((await Promise.all(urls.map(isJoined))).every(Boolean)) break
    await sleep(50)
  }
  return performance.now() - began
}

const runRow = async (world: World, fault: Fault, number: number, probes: Readonly<Record<string, Probe>>) => {
  await fault.prepare?.(world)
  await earlyInMinute(beforeMs + fault.forMs + afterMs)
  const row = createRow(world, fault, number)
  const outagesBefore = await outages(world)
  const measuring = Object.entries(probes).map(async ([name, probe]) => [name, await probe(row)] as const)
  await sleep(beforeMs)
  row.enter('during')
  await Promise.all([fault.start(world), sleep(fault.forMs)])
  await fault.end?.(world)
  row.enter('after')
  const [recovery] = await Promise.all([recovered(world), sleep(afterMs)])
  row.end()
  const cells = new Map<string, Verdict>(await Promise.all(measuring))
  const failed = [...row.failures.values()].reduce((sum, count) => sum + count, 0)
  cells.set('5xx', { isOk: failed === 0, text: String(failed) })
  cells.set('recovery', { isOk: recovery <= recoveryMs, text: `${(recovery / 1000).toFixed(1)} s` })
  await row.agent.close()
  return { cells, failures: row.failures, slowest: row.slowest(), outages: (await outages(world)) - outagesBefore }
}

const show = (name: string, { cells, failures, slowest, outages }: Awaited<ReturnType<typeof runRow>>) => {
  const shown = [...cells].map(([column, { isOk, text }]) => `${isOk ? 'ok' : 'NO'} ${column}: ${text}`)
  say(`${name.padEnd(20)} ${shown.join(' | ')} | slowest ${slowest.toFixed()} ms, ${outages} outages`)
  for (const [failure, count] of failures) say(`${' '.repeat(21)}${count} × ${failure}`)
}
const idsOfPeople = async ({ vdab }: World): Promise<string[]> => {
  const found: string[] = []
  for (let from = 0; from < 400; from += 100) {
    const url = `${vdab.base}/openservices/v1/kandidaten?vanaf=${from}&aantal=100`
    const answer = await fetch(url, { headers: { 'x-ibm-client-id': 'bench' } })
    const { resultaten } = (await answer.json()) as { resultaten: { cvId: string }[] } // the simulator's envelope
    found.push(...resultaten.map(({ cvId }) => cvId))
  }
  return found
}
const firstPage = async ({ urls }: World, row: Row) => {
  const { text } = await row.ask(0, '/graphql', {
    consumer: 'reader',
    method: 'POST',
    body: { query: '{vacatures(first:20){nodes{id}}}' }
  })
  const { data } = JSON.parse(text) as { data: { vacatures: { nodes: { id: string }[] } } }
  if (urls.length !== members) throw new Error('a member is missing')
  return data.vacatures.nodes.slice(0, 8).map(({ id }) => id.replace('Vacature:', ''))
}

/**
 * The table of the faults of Redis: three gateways share a Redis that is slow, down, wiped or replaced, and each
 * promise is measured during the fault. `BENCH_FAULTS` limits it to faults whose names contain this text. Then the
 * commands, content and logs of Redis are searched for secrets. Throws when a promise is not kept.
 */
export const benchSharingFaults = async () => {
  letFloat()
  const chosen = faults.filter(({ name }) => name.includes(process.env['BENCH_FAULTS'] ?? ''))
  const world = await startWorld(chosen.length)
  try {
    await recovered(world)
    const people = await idsOfPeople(world)
    const hot = await firstPage(world, createRow(world, faults[0] as Fault, 0))
    const cold = world.ids.filter((id) => !hot.includes(id))
    const probes: Readonly<Record<string, Probe>> = {
      limits: requests,
      seats,
      quota,
      CVs: cvs(people),
      freshness: freshness(hot),
      resume: resume(cold),
      export: exports
    }
    let wrong = 0
    for (const [number, fault] of chosen.entries()) {
      const done = await runRow(world, fault, number, probes)
      show(fault.name, done)
      wrong += [...done.cells.values()].filter(({ isOk }) => !isOk).length
    }
    const secrets = [vdabKey, ...secretsOfConsumers(), ...people]
    const { leaks, commands, keys, bytes } = await world.canary.find(world.redis().client, secrets)
    say(`${commands} commands, ${keys} keys and ${bytes} bytes of logs were searched for ${secrets.length} secrets`)
    for (const leak of leaks) say(`FOUND ${leak}`)
    if (wrong + leaks.length > 0) throw new Error(`${wrong} promises were not kept, ${leaks.length} secrets were found`)
  } finally {
    await world.close()
    await endAll()
  }
}

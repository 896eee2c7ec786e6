import { asTable, median } from './figures.ts'
import type { Figure } from './figures.ts'
import { askOnce, drive } from './load.ts'
import { endAll, pinSelf, pssOf, rssOf } from './processes.ts'
import { startGateway, startVdab } from './product.ts'
import { detail } from './questions.ts'
import { posted, restDetail } from './warm.ts'

const counts = [1, 2, 4]
const rounds = 3
const warmUpSeconds = 4
const measureSeconds = 2

/**
 * The cost of a worker: memory of all processes, and CPU time per request, all on one core, which shows the overhead of
 * several processes without the gain of more cores.
 */
export const benchWorkers = async () => {
  pinSelf()
  try {
    const vdab = await startVdab(5000)
    const [id = ''] = await vdab.ids(1)
    const gateways = []
    for (const workers of counts)
      gateways.push({ workers, server: await startGateway({ vdab: vdab.base, env: { WORKERS: String(workers) } }) })
    const rows = gateways.flatMap(({ workers, server }) =>
      [
        { what: 'W1, POST', question: posted(server, detail, { id }) },
        { what: 'REST detail', question: restDetail(server, id) }
      ].map((row) => ({ ...row, workers, loads: [] as Awaited<ReturnType<typeof drive>>[] }))
    )
    for (const { question } of rows) {
      await askOnce(question)
      await drive(question, warmUpSeconds)
    }
    for (let round = 0; round < rounds; round += 1)
      for (const { question, loads } of rows) loads.push(await drive(question, measureSeconds))
    const figures = rows.map(
      ({
        what,
        workers,
        question: {
          server: { pid }
        },
        loads
      }): Figure => ({
        what: `${what}, WORKERS=${workers}`,
        value: median(loads.map(({ cpuMicros }) => cpuMicros)),
        unit: 'µs',
        perSecond: median(loads.map(({ perSecond }) => perSecond)),
        p50: median(loads.map(({ p50 }) => p50)),
        p99: median(loads.map(({ p99 }) => p99)),
        rss: rssOf(pid),
        note: `${pssOf(pid).toFixed(0)} MB with shared memory counted once`
      })
    )
    process.stdout.write(
      `${asTable({ title: 'Workers: CPU µs per request, sum of all processes, all on one core', figures })}\n`
    )
  } finally {
    await endAll()
  }
}

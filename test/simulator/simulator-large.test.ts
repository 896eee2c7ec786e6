import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

const server = new URL('../../src/simulator/server.ts', import.meta.url).href
const script = `
  const { createSimulator } = await import(${JSON.stringify(server)})
  const began = performance.now()
  const simulator = createSimulator({ vacatures: 200000 })
  const base = await simulator.listen()
  const ready = performance.now() - began
  const ask = async path => (await fetch(base + '/openservices/' + path, { headers: { 'x-ibm-client-id': 'any' } })).json()
  const { aantal } = await ask('v2/vacatures?aantal=0')
  const documented = await ask('v2/vacatures?jobdomein=JOBCAT01&postcode=1930')
  const window = 'van=' + new Date(Date.now() - 4 * 86400000).toISOString() + '&tot=' + new Date().toISOString()
  const bulk = await ask('v2/vacatures/bulk?aantal=2000&' + window)
  await ask('v2/vacatures?sorteerveld=WIJZIGINGS_DATUM&aantal=200&vanaf=100000')
  console.log(JSON.stringify({ aantal, documented: documented.aantal, bulk: bulk.resultaten.length, ready, rss: process.memoryUsage().rss / 2 ** 20 }))
  await simulator.close()
`

t.test('the simulator starts and answers with 200,000 vacancies in less than 500 MB', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import=tsx', '--input-type=module', '-e', script])
  const measured = JSON.parse(stdout) as {
    aantal: number
    documented: number
    bulk: number
    ready: number
    rss: number
  }
  t.comment(`ready in ${Math.round(measured.ready)} ms, ${Math.round(measured.rss)} MB resident`)
  t.strictSame([measured.aantal > 150_000, measured.documented, measured.bulk], [true, 3, 2000])
  t.ok(measured.rss < 500)
})

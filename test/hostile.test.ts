import t from 'tap'
import { attack, p99Of } from '../bench/hostile.ts'
import { build, logged } from './helper.ts'

// How long the others wait is measured by `npm run bench -- hostile`; here it is that they are answered at all.
t.test('while a hostile client does its worst another consumer has every answer, and afterwards the gateway is whole', async (t) => {
  const { url, get } = await build(t, { simulator: { vacatures: 60, kandidaten: 10 }, env: { REQUESTS_PER_MINUTE: '600' } })
  const stop = attack(url, { count: 60, pause: 300 })
  t.teardown(() => { stop() })
  const { failed } = await p99Of(url, 1000)
  t.equal(failed, 0)
  t.ok(stop() > 60, 'there was an attack')
  t.equal((await get('/health/live')).status, 200)
  t.strictSame(logged.filter((line) => /"level":(50|60)/.test(line)), [])
})

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

void t.test('whoever is refused as fast as they ask is held, and nobody else is', async (t) => {
  const { get } = await build(t, { env: { REFUSAL_DELAY_MS: '10000' } })
  const refused = () => get('/services/openservices/v1/talen', { key: 'wrong' })
  for (let count = 0; count < 100; count += 1) t.equal((await refused()).status, 401)
  let isHeld = true
  void refused().then(() => { isHeld = false })
  for (let count = 0; count < 20; count += 1) t.equal((await get('/services/openservices/v1/talen', { key: 'demo-frontend' })).status, 200)
  t.ok(isHeld, 'the hundred and first waits, while twenty others are answered')
})

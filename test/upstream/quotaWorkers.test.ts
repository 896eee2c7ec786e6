import t from 'tap'
import { runWorkers, until } from '../workers/workers.ts'

void t.test('two workers share one limit, and a killed worker blocks no slot', async (t) => {
  const gateway = await runWorkers(t, {
    VDAB_CALLS_PER_MINUTE: '20',
    VDAB_TIMEOUT_MS: '2000',
    REQUESTS_PER_MINUTE: '100000',
    WARM_START: 'off'
  })
  await gateway.simulator.door('PUT', 'limits', { callsPerMinute: 20 })
  const [one, two] = await gateway.each()
  if (!one || !two) throw new Error('there are two workers')
  let sent = 0
  const ask = async ({ ask }: typeof one) => {
    sent += 1
    const { status, headers } = await ask(`/services/openservices/v2/vacatures?vanaf=${sent}&aantal=1`)
    if (status === 503) t.ok(Number(headers['retry-after']) >= 1)
    return status
  }
  const calls = async () => (await gateway.simulator.calls())['GET /vacatures'] ?? 0
  const statuses: number[] = []
  for (let index = 0; index < 20; index += 1) statuses.push(await ask(one), await ask(two))
  const answered = statuses.filter((status) => status === 200).length
  t.same([...new Set(statuses)].sort(), [200, 503])
  t.equal(await calls(), answered, 'the other requests were refused by the gateway, not by VDAB')
  t.ok(answered >= 10 && answered <= 20, `${answered} requests were answered`)
  const quotaOf = async ({ ask }: typeof one) =>
    (JSON.parse((await ask('/health/ready')).text) as { quota: Record<string, { limit: number; used: number }> }).quota[
      'vacatures'
    ]
  t.same(await quotaOf(one), await quotaOf(two), 'both workers report the same quota')
  t.match(await quotaOf(one), { limit: 20, used: answered })
  const [pid] = gateway.pids()
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  await until('the worker is replaced', () => gateway.lines.some((line) => line.includes('is replaced')))
  const [, survivor] = await gateway.each()
  if (!survivor) throw new Error('there are two workers again')
  const again = [await ask(survivor), await ask(survivor), await ask(survivor)].filter(
    (status) => status === 200
  ).length
  t.ok((await calls()) <= 20, `${await calls()} calls, ${again} of them after the kill`)
})

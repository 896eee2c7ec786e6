import t from 'tap'
import { runWorkers, startWorkers, until } from './workers.ts'

const question = { query: '{ vacatures(first: 1) { totaal } }' }

for (const workers of ['1', '2'])
  t.test(
    `at SIGTERM readiness is 503 while requests are still served, then the process exits with 0: ${workers}`,
    async (t) => {
      const gateway = await runWorkers(t, { WORKERS: workers, SHUTDOWN_DELAY_MS: '3000' })
      const ask = (path: string, init: RequestInit = {}) =>
        fetch(`${gateway.url}${path}`, {
          ...init,
          headers: { 'x-api-key': 'demo-beheer', 'content-type': 'application/json' }
        })
      t.equal((await ask('/health/ready')).status, 200)
      gateway.child.kill('SIGTERM')
      await until('it is not ready', async () => (await ask('/health/ready')).status === 503)
      t.match(await (await ask('/health/ready')).json(), { status: 'stopping' })
      t.equal((await ask('/health/live')).status, 200)
      const answer = await ask('/graphql', { method: 'POST', body: JSON.stringify(question) })
      t.match(await answer.json(), { data: { vacatures: { totaal: Number } } })
      t.equal(await gateway.ended, 0)
      t.strictSame(gateway.errors, [])
    }
  )

t.test('a SIGTERM between the start of the first worker and that of the others ends the process at once', async (t) => {
  const gateway = await startWorkers(t, { WORKERS: '3', SHUTDOWN_TIMEOUT_MS: '60000' })
  await until('the first worker listens', () => gateway.lines.some((line) => line.includes('worker 1 listens')))
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.ended, 0)
})

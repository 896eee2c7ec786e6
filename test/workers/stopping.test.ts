import t from 'tap'
import { runWorkers, until } from './workers.ts'

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

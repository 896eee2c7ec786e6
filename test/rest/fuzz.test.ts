import fc from 'fast-check'
import { test } from 'tap'
import { build } from '../helper.ts'
import { document, inspectorOf } from './description.ts'
import { send } from './produced.ts'
import { requestsOf } from './requests.ts'

const calm = {
  REQUESTS_PER_MINUTE: '100000',
  COST_PER_MINUTE: '1000000000',
  CVS_PER_DAY: '1000000',
  REFUSAL_DELAY_MS: '0',
  // the paths of subscriptions need the feed
  FEED_INTERVAL_MS: '3600000'
}
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 25)
const seed = Number(process.env['FUZZ_SEED'] ?? 14)

test('no request causes a response that the description does not allow', { timeout: 600_000 }, async (t) => {
  const { url } = await build(t, { env: calm, simulator: { vacatures: 60, kandidaten: 20 } })
  const inspect = inspectorOf(document)
  const statuses = new Set<number>()
  const findings: string[] = []
  for (const [template, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const run = async (request: Parameters<typeof send>[1]) => {
        const { status, type, text } = await send(url, request)
        statuses.add(status)
        const finding = inspect(template, method, status, type, text)
        if (finding !== undefined || status >= 500) throw new Error(finding ?? `${status} ${text.slice(0, 200)}`)
      }
      const { failed, counterexample, errorInstance } = await fc.check(
        fc.asyncProperty(requestsOf(template, method, operation), run),
        { numRuns, seed }
      )
      if (failed) {
        const body = counterexample?.[0].body?.toString().slice(0, 300)
        findings.push(`${JSON.stringify({ ...counterexample?.[0], body })}: ${String(errorInstance)}`)
      }
    }
  t.strictSame(findings, [])
  t.strictSame([...statuses].sort(), [200, 304, 400, 401, 403, 404, 406, 415])
})

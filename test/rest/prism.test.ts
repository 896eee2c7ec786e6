import { test } from 'tap'
import { startPrism, throughPrism } from './prism.ts'
import { casesOf, consumersIn } from './produced.ts'
import { seedsOf, startIn } from './states.ts'

const calm = { REFUSAL_DELAY_MS: '0', VDAB_RETRIES: '0' }

test(
  'a Prism proxy in front of the gateway finds no violation in requests or responses',
  { timeout: 110_000 },
  async (t) => {
    const gateway = await startIn(t, 'well', { ...calm, CONSUMERS_FILE: consumersIn(t.testdir()) })
    const prism = await startPrism(t, gateway.url)
    const cases = casesOf(await seedsOf(gateway)).filter(
      // the request for 4XX exceeds prism's own limit for headers
      ({ status, request }) => request?.state === 'well' && status !== '4XX'
    )
    const seen = new Map<string, number>()
    for (const { template, status, request } of cases) {
      if (!request) continue
      const { status: given, violation, text } = await throughPrism(prism, request)
      seen.set(status, (seen.get(status) ?? 0) + 1)
      if (violation !== undefined || String(given) !== status)
        t.fail(`${template} ${status}: ${given} ${violation ?? text.slice(0, 300)}`)
    }
    t.ok((seen.get('200') ?? 0) > 30)
  }
)

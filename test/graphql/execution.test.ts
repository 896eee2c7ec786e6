import t from 'tap'
import { build } from '../helper.ts'

const search = '{ vacatures(first: 2) { totaal nodes { id functie { functieTitel } } } }'

void t.test('with FAST_PATH=off mercurius executes every search for vacancies', async (t) => {
  const { app, query } = await build(t, { simulator: { date: '2026-02-13' }, env: { FAST_PATH: 'off' } })
  const executed: unknown[] = []
  app.graphql.addHook('onResolution', async (execution) => {
    executed.push(execution.data)
  })
  for (let time = 1; time <= 3; time += 1) {
    const { data } = await query(search, {}, 'demo-frontend')
    t.match(data, { vacatures: { totaal: Number, nodes: [{ functie: { functieTitel: String } }, {}] } })
    t.same(
      executed,
      Array.from({ length: time }, () => data)
    )
  }
})

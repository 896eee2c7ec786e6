import t from 'tap'
import { readInstant } from '../../src/formats/rfc3339.ts'
import { build } from '../helper.ts'

const right: readonly [text: string, instant: string][] = [
  ['2026-02-13T12:00:00Z', '2026-02-13T12:00:00.000Z'],
  ['2026-02-13T12:00:00.5Z', '2026-02-13T12:00:00.500Z'],
  ['2026-02-13T12:00:00.123456789012Z', '2026-02-13T12:00:00.123Z'],
  ['2026-02-13t12:00:00z', '2026-02-13T12:00:00.000Z'],
  ['2026-02-13T13:00:00+01:00', '2026-02-13T12:00:00.000Z'],
  ['2026-02-13T06:30:00-05:30', '2026-02-13T12:00:00.000Z'],
  ['2026-02-13T12:00:00-00:00', '2026-02-13T12:00:00.000Z'],
  ['2026-02-14T11:59:00+23:59', '2026-02-13T12:00:00.000Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['1990-12-31T15:59:60-08:00', '1991-01-01T00:00:00.000Z'],
  ['2026-02-13T00:00:00Z', '2026-02-13T00:00:00.000Z']
]
const wrong = [
  '2026-02-13T24:00:00Z',
  '2026-02-13T25:00:00Z',
  '2026-02-13T12:60:00Z',
  '2026-02-13T12:00:60Z',
  '2026-06-29T23:59:60Z',
  '2026-02-13T23:59:60Z',
  '2016-12-31T22:59:60Z',
  '2026-02-13T12:00:61Z',
  '2026-02-13T12:00Z',
  '2026-02-13T12:00:00',
  '2026-02-13T12:00:00.Z',
  '2026-02-13T12:00:00,5Z',
  '2026-02-13 12:00:00Z',
  '2026-02-13',
  '2026-02-30T12:00:00Z',
  '2025-02-29T12:00:00Z',
  '2026-00-10T12:00:00Z',
  '2026-02-13T12:00:00+99:99',
  '2026-02-13T12:00:00+24:00',
  '2026-02-13T12:00:00+01:60',
  '2026-02-13T12:00:00+1:00',
  '2026-02-13T12:00:00+0100',
  '2026-02-13T12:00:00+01',
  '2026-02-13T12:00:00ZZ',
  '2026-02-13T12:00:00Z\n',
  '+002026-02-13T12:00:00Z',
  '20260213T120000Z',
  '2026-2-13T12:00:00Z',
  '0000-01-01T00:00:00+01:00',
  '',
  'gisteren'
]

void t.test('an instant is an RFC 3339 date-time only, at both doors', async (t) => {
  const { get, query, simulator } = await build(t)
  const bulk = (van: string) =>
    get(`/services/openservices/v2/vacatures/bulk?van=${encodeURIComponent(van)}&tot=${encodeURIComponent(van)}`)
  const inVariables = (van: string) =>
    query('query ($van: DateTime!) { vacatureWijzigingen(van: $van, tot: $van) { totaal } }', { van })
  const written = (van: string) =>
    query(`{ vacatureWijzigingen(van: ${JSON.stringify(van)}, tot: ${JSON.stringify(van)}) { totaal } }`)
  for (const [text, instant] of right) {
    t.equal(readInstant(text), instant)
    t.equal((await bulk(text)).status, 200, text)
    t.match(await inVariables(text), { data: { vacatureWijzigingen: { totaal: 0 } } }, text)
    t.match(await written(text), { data: { vacatureWijzigingen: { totaal: 0 } } }, text)
  }
  await simulator.reset()
  for (const text of wrong) {
    t.equal(readInstant(text), undefined, text)
    const answer = await bulk(text)
    t.match(
      [answer.status, await answer.json()],
      [400, { httpCode: '400', code: 'BAD_USER_INPUT', field: 'van' }],
      text
    )
    t.match(await inVariables(text), { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }, text)
    t.match(await written(text), { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }, text)
  }
  t.equal((await simulator.calls()).total, 0, 'no invalid instant causes a call to VDAB')
})

void t.test('colons are accepted raw and percent-encoded', async (t) => {
  const { get } = await build(t)
  for (const query of [
    'van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12:00:00.000Z',
    'van=2026-02-13T12%3A00%3A00.000Z&tot=2026-02-14T13%3A00%3A00%2B01%3A00'
  ])
    t.equal((await get(`/services/openservices/v2/vacatures/bulk?${query}`)).status, 200, query)
})

void t.test('a date is an existing day, at both doors', async (t) => {
  const { get, query } = await build(t)
  const initial = (datum: string) =>
    get(`/services/openservices/v2/vacatures/initial?datum=${encodeURIComponent(datum)}`)
  for (const datum of ['2026-02-13', '2024-02-29', '0001-01-01']) {
    t.equal((await initial(datum)).status, 200, datum)
    t.match(
      await query('query ($datum: Date!) { vacaturesInitieel(datum: $datum) { totaal } }', { datum }),
      { data: { vacaturesInitieel: { totaal: Number } } },
      datum
    )
  }
  for (const datum of [
    '2026-02-30',
    '2025-02-29',
    '0000-00-00',
    '2026-13-01',
    '2026-1-1',
    '2026-02-13T00:00:00Z',
    '02026-02-13',
    '2026-02-13 ',
    ''
  ]) {
    t.equal((await initial(datum)).status, 400, datum)
    t.match(
      await query('query ($datum: Date!) { vacaturesInitieel(datum: $datum) { totaal } }', { datum }),
      { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
      datum
    )
  }
})

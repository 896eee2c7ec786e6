import fc from 'fast-check'
import t from 'tap'
import { exactJson } from '../../src/formats/exactJson.ts'
import { readJson, sourceTextOf } from '../../src/upstream/json.ts'

/** A larger answer is parsed item by item. */
const filler = 'x'.repeat(50_000)
const outcomeOf = (read: () => unknown): unknown => {
  try {
    return { value: read() }
  } catch (error) {
    return (error as Error).name
  }
}
/** JSON.parse decides what is valid; test/rest/numbers.test.ts checks how numbers are read. */
const parse = (text: string) => {
  const bare = text.replace(/^\uFEFF/, '')
  JSON.parse(bare)
  return exactJson.parse(bare)
}

const member = fc.constantFrom('"aantal"', '"resultaten"', '"0"', '"__proto__"', '"a\\"]}["')
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((one) => JSON.stringify(one)),
  fc.constantFrom('1e2', '"🚀 \\u00e9 \\\\"', '"]}"', '"{["', '{}', '[]', '[{}]')
)
const item = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((one) => JSON.stringify(one)) },
  value
)
const space = fc.constantFrom('', '', '', ' ', '\n  ')
const list = fc
  .tuple(fc.array(item, { maxLength: 6 }), space)
  .map(([items, gap]) => `[${gap}${items.join(`,${gap}`)}${gap}]`)
const answer = fc.oneof(
  list,
  fc
    .tuple(fc.array(fc.tuple(member, fc.oneof(list, list, value)), { maxLength: 4 }), space)
    .map(([members, gap]) => `{${gap}${members.map(([name, one]) => `${name}:${gap}${one}`).join(`,${gap}`)}}`)
)
const whole = fc
  .tuple(answer, fc.constantFrom('', '', '\uFEFF'))
  .map(
    ([text, mark]) =>
      mark +
      (text.startsWith('[')
        ? `["${filler}",${text.slice(1)}`.replace(/,\s*\]$/, ']')
        : `{"vol":"${filler}",${text.slice(1)}`.replace(/,\s*\}$/, '}'))
  )

void t.test('a large answer is parsed as by JSON.parse, in any notation', async () => {
  await fc.assert(
    fc.asyncProperty(whole, async (text) => {
      t.strictSame(
        outcomeOf(() => readJson(Buffer.from(text))),
        outcomeOf(() => parse(text))
      )
    }),
    { numRuns: 500 }
  )
})

void t.test('invalid JSON is refused where JSON.parse refuses it: truncated, or with trailing text', async () => {
  await fc.assert(
    fc.asyncProperty(whole, fc.nat(300), fc.constantFrom('', '}', ']', '{', '"', ',', '1'), async (text, cut, more) => {
      const broken = `${text.slice(0, text.length - cut)}${more}`
      t.strictSame(
        outcomeOf(() => readJson(Buffer.from(broken))),
        outcomeOf(() => parse(broken))
      )
    }),
    { numRuns: 500 }
  )
})

void t.test('each item of a large answer is stored with its source text, unless that spans lines', (t) => {
  const items = [{ id: 'é', n: 1.25 }, { id: '🚀' }]
  const { resultaten } = readJson(
    Buffer.from(`{"vol":"${filler}","resultaten":[{"id":"é","n":1.25},{"id":"🚀"}]}`)
  ) as { resultaten: object[] }
  t.strictSame(resultaten, items)
  t.strictSame(resultaten.map(sourceTextOf), ['{"id":"é","n":1.25}', '{"id":"🚀"}'])
  const spread = readJson(Buffer.from(JSON.stringify({ vol: filler, resultaten: items }, null, 2))) as {
    resultaten: object[]
  }
  t.strictSame(spread.resultaten.map(sourceTextOf), [undefined, undefined])
  t.equal(sourceTextOf(readJson(Buffer.from('{"id":1}')) as object), undefined)
  t.end()
})

void t.test(
  'an answer nested deeper than VDAB nests is refused at any size; brackets inside strings do not count',
  (t) => {
    const nested = (depth: number, vol = '') => `{"vol":"${vol}","resultaten":${'['.repeat(depth)}${']'.repeat(depth)}}`
    for (const vol of ['', filler]) {
      t.doesNotThrow(() => readJson(Buffer.from(nested(100, vol))))
      for (const depth of [128, 50_000])
        t.throws(() => readJson(Buffer.from(nested(depth, vol))), { code: 'UPSTREAM_UNAVAILABLE' })
      t.doesNotThrow(() => readJson(Buffer.from(JSON.stringify({ vol, tekst: '[{"'.repeat(500) }))))
    }
    t.end()
  }
)

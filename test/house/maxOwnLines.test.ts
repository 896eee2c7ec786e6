import { Linter } from 'eslint'
import t from 'tap'
import { maxOwnLines } from '../../scripts/lint/maxOwnLines.mjs'

const linter = new Linter()

/** The findings of the rule for a text, with at most 4 lines for each function. */
const findings = (lines: readonly string[]) =>
  linter
    .verify(lines.join('\n'), [
      {
        plugins: { house: { rules: { 'max-own-lines': maxOwnLines } } },
        rules: { 'house/max-own-lines': ['error', 4] }
      }
    ])
    .map(({ line, message }) => `${line}: ${message}`)

const count = (lines: number) => `This function has ${lines} lines of its own, more than 4: split it.`
const body = (lines: number) => Array.from({ length: lines }, () => 'run()')

t.test('a function of the maximum length is accepted, and one line more is reported', async (t) => {
  t.strictSame(findings(['function a() {', ...body(2), '}']), [])
  const ways = [
    ['function a() {', '}'],
    ['const a = () => {', '}'],
    ['const a = function () {', '}'],
    ['const a = { b() {', '}}'],
    ['class A { b() {', '}}']
  ] as const
  for (const [head, end] of ways) t.strictSame(findings([head, ...body(3), end]), [`1: ${count(5)}`], head)
})

t.test(
  'the length of a factory excludes the bodies of its inner functions, and each of those is counted separately',
  async (t) => {
    t.strictSame(
      findings(['const a = () => {', 'const b = () => {', ...body(2), '}', '}']),
      [],
      'only the first and last line of the inner function count'
    )
    t.strictSame(findings(['const a = () => {', 'run()', 'const b = () => {', ...body(2), '}', '}']), [
      `1: ${count(5)}`
    ])
    t.strictSame(findings(['const a = () => {', 'const b = () => {', ...body(3), '}', '}']), [`2: ${count(5)}`])
  }
)

t.test('a function nested in an inner function is not subtracted twice', async (t) => {
  const innermost = ['const c = () => {', ...body(2), '}']
  t.strictSame(findings(['const a = () => {', 'const b = () => {', ...innermost, '}', '}']), [])
  t.strictSame(findings(['const a = () => {', 'run()', 'const b = () => {', ...innermost, '}', '}']), [
    `1: ${count(5)}`
  ])
})

t.test('callbacks and one-line functions count as inner functions too', async (t) => {
  t.strictSame(findings(['const a = () =>', '  list.map((one) => {', ...body(2), '  })']), [])
  t.strictSame(findings(['const a = () => {', ...Array.from({ length: 3 }, () => 'run(() => 1)'), '}']), [
    `1: ${count(5)}`
  ])
})

import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

const log = pathToFileURL(join(import.meta.dirname, '../../src/http/log.ts')).href
const lines = 20_000
const mostMb = 48

/**
 * Writes lines of many lengths, a third of them with characters beyond ASCII, and exits at once; stderr gets its memory
 * growth in MB.
 */
const programOf = (longest: number) => `
  const { createLogStream } = await import(${JSON.stringify(log)})
  const stream = createLogStream()
  const before = process.memoryUsage().rss
  for (let n = 0; n < ${lines}; n += 1) stream.write(JSON.stringify({ n, text: (n % 3 === 0 ? 'é→' : 'a').repeat(n % ${longest}) }) + '\\n')
  process.stderr.write(String((process.memoryUsage().rss - before) / 2 ** 20))
`
const run = (stdout: number | 'pipe', longest = 300) => {
  const {
    status,
    stdout: said,
    stderr
  } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', programOf(longest)], {
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    cwd: join(import.meta.dirname, '../..')
  })
  return { status, said: said as string | null, grownMb: Number(stderr) }
}

/** The numbers of the lines; throws on a torn line. */
const numbersIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { n: number }).n)
const all = Array.from({ length: lines }, (_, n) => n)

void t.test('every log line is written, whole and in order, including lines buffered when the process ends', (t) => {
  const file = join(t.testdir(), 'log')
  const fd = openSync(file, 'w')
  t.equal(run(fd).status, 0)
  closeSync(fd)
  t.same(numbersIn(readFileSync(file, 'utf8')), all, 'in a file')
  const piped = run('pipe')
  t.equal(piped.status, 0)
  t.same(numbersIn(piped.said ?? ''), all, 'through a pipe')
  t.end()
})

void t.test(
  'a full disk neither ends the process nor grows its memory',
  { skip: process.platform === 'linux' ? false : '/dev/full is there on Linux' },
  (t) => {
    const fd = openSync('/dev/full', 'w')
    const { status, grownMb } = run(fd, 8000)
    closeSync(fd)
    t.equal(status, 0)
    t.ok(grownMb < mostMb, `it grew by ${grownMb.toFixed(0)} MB`)
    t.end()
  }
)

import { execFile } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { build } from '../helper.ts'

const pages = [
  'README.md',
  'docs/consumers/api.md',
  'docs/consumers/credentials.md',
  'docs/consumers/efficient-requests.md',
  'docs/consumers/errors.md',
  'docs/consumers/export.md',
  'docs/consumers/freshness.md',
  'docs/consumers/graphql.md',
  'docs/consumers/limits.md',
  'docs/consumers/live.md',
  'docs/consumers/rest.md',
  'docs/functionaris-gegevensbescherming.md',
  'docs/operations/audit.md',
  'docs/operations/health.md',
  'docs/operations/simulator.md',
  'docs/how-to/keep-a-copy.md',
  'docs/how-to/move-a-vdab-client.md',
  'docs/how-to/test-against-the-simulator.md',
  'docs/how-to/use-curl.md',
  'docs/how-to/use-your-vdab-key.md',
  'docs/freshness.md'
]
const hasCurl = (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'curl'), constants.X_OK)
    return true
  } catch {
    return false
  }
})
const skip = hasCurl || process.env['CI'] === 'true' ? false : 'curl is not on PATH'

type Block = { page: string; line: number; language: string; text: string; shown: string | undefined }

/** The code blocks of a page; `shown` is the JSON block that follows directly, or after one sentence. */
const blocksOf = (page: string): Block[] => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
  const found = [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)]
  return found.map(({ 2: language = '', 3: code = '', index, 0: whole }, place) => {
    const next = found[place + 1]
    const between = next ? text.slice(index + whole.length, next.index).trim() : ''
    const shown = next?.[2] === 'json' && between.length < 120 && !between.includes('\n') ? next[3] : undefined
    return { page, line: text.slice(0, index).split('\n').length, language, text: code, shown }
  })
}

/** Members whose values differ between two runs. */
const ofTheMoment = new Set([
  'requestId',
  'time',
  'beleid',
  'nr',
  'hash',
  'remaining',
  'cursor',
  'totaal',
  'upstreamCalls'
])

/** Whether the response contains all shown items in their order. */
const inOrder = (answer: readonly unknown[], shown: readonly unknown[]): boolean => {
  let at = 0
  return shown.every((item) => {
    const found = answer.slice(at).findIndex((one) => holds(one, item))
    at += found + 1
    return found >= 0
  })
}
/** Whether a response contains the shown part. `…` shortens a text. */
const holds = (answer: unknown, shown: unknown): boolean => {
  if (typeof shown === 'string') return typeof answer === 'string' && answer.startsWith(shown.split('…')[0] ?? '')
  if (shown === null || typeof shown !== 'object') return Object.is(answer, shown)
  if (answer === null || typeof answer !== 'object') return false
  if (Array.isArray(shown)) return Array.isArray(answer) && inOrder(answer, shown)
  return Object.entries(shown).every(
    ([name, value]) =>
      Object.hasOwn(answer, name) && (ofTheMoment.has(name) || holds((answer as Record<string, unknown>)[name], value))
  )
}
const holdsWithin = (answer: unknown, shown: unknown): boolean =>
  holds(answer, shown) ||
  (answer !== null && typeof answer === 'object' && Object.values(answer).some((part) => holdsWithin(part, shown)))

const blocks = pages.flatMap(blocksOf)
const isSimpleCurl = (command: string) =>
  command.startsWith('curl') && command.includes('127.0.0.1:3000') && !/-sN|-sf|\$|CURSOR/.test(command)

t.test('every documented request returns its documented response', { skip }, async (t) => {
  const { url, post } = await build(t, {
    env: { REFUSAL_DELAY_MS: '0' },
    simulator: { vacatures: 2000, kandidaten: 500 }
  })
  let run = 0
  for (const { page, line, language, text, shown } of blocks) {
    const where = `${page}:${line}`
    if (language === 'graphql') {
      const answer = (await (await post({ query: text }, { key: 'demo-hr' })).json()) as { errors?: unknown }
      if (shown === undefined) t.equal(answer.errors, undefined, where)
      else t.ok(holdsWithin(answer, JSON.parse(shown)), `${where} ${JSON.stringify(answer).slice(0, 500)}`)
    }
    // No streams, and no commands that need an earlier response. Each line of a block is one command.
    const commands = text.trim().replace(/\\\n/g, ' ').split('\n')
    if (language !== 'sh' || !commands.every((command) => isSimpleCurl(command))) continue
    for (const command of commands) {
      run += 1
      const { stdout } = await promisify(execFile)('bash', ['-c', command.replaceAll('http://127.0.0.1:3000', url)], {
        maxBuffer: 64 * 1024 * 1024
      })
      if (shown === undefined) t.notMatch(stdout, /"code": ?"(INTERNAL|BAD_USER_INPUT|NOT_FOUND)"/, where)
      else t.ok(holdsWithin(JSON.parse(stdout), JSON.parse(shown)), `${where} ${stdout.slice(0, 500)}`)
    }
  }
  t.ok(run >= 8, 'samples were found')
})

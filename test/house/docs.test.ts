import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { readConfig } from '../../src/config/index.ts'
import { ConfigError } from '../../src/errors.ts'
import { endpoints } from '../../src/upstream/endpoints.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const ignored = new Set(['node_modules', 'dist', '.git', '.tap'])
const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : pagesIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
const pages = pagesIn(root).map((path) => ({ path, name: relative(root, path), text: readFileSync(path, 'utf8') }))
const pageOf = (name: string) => {
  const page = pages.find((one) => one.name === name)
  if (!page) throw new Error(`no page ${name}`)
  return page
}
/** The lines of a page, with empty lines in place of code blocks. */
const proseOf = (text: string) => {
  let isCode = false
  return text.split('\n').map((line) => {
    const isFence = /^\s*```/.test(line)
    if (isFence) isCode = !isCode
    return isFence || isCode ? '' : line
  })
}

t.test('every link to a file or a heading has a target', async (t) => {
  const slugOf = (heading: string) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  const slugsOf = (path: string) =>
    new Set(
      proseOf(readFileSync(path, 'utf8')).flatMap((line) =>
        /^#{1,6} /.test(line) ? [slugOf(line.replace(/^#+ /, '').trim())] : []
      )
    )
  const dead = pages.flatMap(
    ({ path, name, text }) =>
      proseOf(text)
        .join('\n')
        .match(/\]\((?!https?:|mailto:)[^)\s]+\)/g)
        ?.flatMap((link) => {
          const [target = '', anchor] = link.slice(2, -1).split('#')
          const file = target === '' ? path : resolve(dirname(path), target)
          if (!existsSync(file)) return [`${name}: ${link}`]
          return anchor !== undefined && file.endsWith('.md') && !slugsOf(file).has(anchor) ? [`${name}: ${link}`] : []
        }) ?? []
  )
  t.strictSame(dead, [])
})

const isRow = (line: string | undefined) => line?.trimStart().startsWith('|') === true
const cellsOf = (line: string) =>
  line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())

t.test('every table has a header, a separator and the same number of cells in each row', async (t) => {
  const broken = pages.flatMap(({ name, text }) => {
    const lines = proseOf(text)
    return lines.flatMap((line, index) => {
      if (!isRow(line)) return []
      if (!isRow(lines[index - 1]))
        return /^\s*\|( *:?-+:? *\|)+$/.test(lines[index + 1] ?? '') ? [] : [`${name}:${index + 1} begins no table`]
      return cellsOf(line).length === cellsOf(lines[index - 1] ?? '').length
        ? []
        : [`${name}:${index + 1} has another number of cells`]
    })
  })
  t.strictSame(broken, [])
})

// With an issuer, because the settings of tokens are read only then.
const base = {
  AUTH_JWKS_URL: 'https://login.example/jwks',
  AUTH_ISSUER: 'https://login.example',
  AUTH_AUDIENCE: 'here'
}
const problemWith = (name: string, value: string): string => {
  try {
    readConfig({ ...base, [name]: value })
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.find((problem) => problem.startsWith(`${name} `)) ?? ''
    throw error
  }
}
const read = new Set<string>()
readConfig(
  new Proxy<Record<string, string>>(base, {
    get: (target, name) => {
      if (typeof name === 'string') read.add(name)
      return Reflect.get(target, name) as string | undefined // the reader returns the value unchanged
    }
  })
)
// Settings that name a file; the others with this ending read a secret from a file.
const filesThemselves = new Set([
  'CONSUMERS_FILE',
  'AUDIT_FILE',
  'REDIS_CA_FILE',
  'REDIS_CACHE_KEYS_FILE',
  'FEED_CURSOR_FILE',
  'STATE_FILE',
  'TRUSTED_DOCUMENTS_FILE',
  'REST_OPERATIONS_FILE',
  'BEROEPEN_FILE'
])
const names = [...read].filter((name) => !name.endsWith('_FILE') || filesThemselves.has(name))

const spansOf = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
/** The rows of all tables of a page whose first column is called Name or Setting. */
const settingsOf = (name: string) => {
  let head: readonly string[] = []
  return proseOf(pageOf(name).text).flatMap((line, index, lines) => {
    if (!isRow(line)) return []
    const cells = cellsOf(line)
    if (!isRow(lines[index - 1])) head = cells
    if (!['Name', 'Setting'].includes(head[0] ?? '')) return []
    const settings = spansOf(cells[0] ?? '').filter((span) => /^[A-Z][A-Z0-9_]+$/.test(span))
    const defaults = cells[head.indexOf('Default')] ?? ''
    const range = head.includes('Range') ? (cells[head.indexOf('Range')] ?? '') : defaults
    return settings.map((setting, place) => ({ setting, fallback: spansOf(defaults)[place], defaults, range }))
  })
}
const numbers = (text: string) => text.replaceAll(',', '')
// Their default cell holds several values, or a default that depends on another setting.
const ofTheirOwn = new Set([
  'VDAB_URL',
  'AUTH_CONSUMER_CLAIM',
  'FRESH_VACATURE_S',
  'FRESH_VACATURE_FEED_S',
  'FRESH_KANDIDAAT_S',
  'FRESH_KANDIDAAT_FEED_S',
  'FRESH_SEARCH_S',
  'FRESH_LIST_S',
  'STALE_VACATURE_S',
  'STALE_SEARCH_S',
  'STALE_LIST_S'
])

for (const page of ['README.md', 'docs/operations/settings.md']) {
  t.test(`every default, range and choice of a setting in ${page} equals that of the code`, async (t) => {
    const rows = settingsOf(page)
    t.ok(rows.length > 10)
    for (const { setting, fallback, defaults, range } of rows) {
      t.ok(names.includes(setting), `${setting} is read`)
      if (!ofTheirOwn.has(setting) && fallback !== undefined && !defaults.startsWith('–'))
        t.ok(
          isDeepStrictEqual(readConfig({ ...base, [setting]: fallback }), readConfig(base)),
          `${setting} is ${fallback} by default`
        )
      const problem = problemWith(setting, 'not one of them')
      const [, min, max] = /whole number from (\d+) to (\d+)/.exec(problem) ?? []
      const [, saidMin, saidMax] = /(\d+)–(\d+)/.exec(numbers(range)) ?? []
      if (min !== undefined && page !== 'README.md' && !setting.endsWith('_S'))
        t.strictSame([setting, range.startsWith('`0`, or') ? '0' : saidMin, saidMax], [setting, min, max])
      const [, choices] = /(?:must be one of|may name only): (.+)/.exec(problem) ?? []
      if (choices !== undefined && page !== 'README.md')
        t.strictSame([setting, ...spansOf(range)], [setting, ...choices.split(', ')])
    }
  })
}

t.test('docs/operations/settings.md contains every setting that the configuration reads', async (t) => {
  const spans = new Set(spansOf(proseOf(pageOf('docs/operations/settings.md').text).join('\n')))
  t.strictSame(
    names.filter((name) => !spans.has(name)),
    []
  )
})

t.test('the documented lifetimes equal those of the table of endpoints', async (t) => {
  const said = new Map(
    settingsOf('docs/operations/settings.md').map(({ setting, fallback }) => [setting, Number(fallback) * 1000])
  )
  const { vacature, kandidaat, vacatures, talen } = endpoints
  t.strictSame(
    [said.get('FRESH_VACATURE_S'), said.get('FRESH_VACATURE_FEED_S'), said.get('STALE_VACATURE_S')],
    [vacature.freshMs, vacature.followedFreshMs, vacature.staleIfErrorMs]
  )
  t.strictSame(
    [said.get('FRESH_KANDIDAAT_S'), said.get('FRESH_KANDIDAAT_FEED_S')],
    [kandidaat.freshMs, kandidaat.followedFreshMs]
  )
  t.strictSame([said.get('FRESH_SEARCH_S'), said.get('STALE_SEARCH_S')], [vacatures.freshMs, vacatures.staleIfErrorMs])
  t.strictSame([said.get('FRESH_LIST_S'), said.get('STALE_LIST_S')], [talen.freshMs, talen.staleIfErrorMs])

  const units: Readonly<Record<string, number>> = {
    s: 1000,
    min: 60_000,
    hour: 3_600_000,
    hours: 3_600_000,
    day: 86_400_000,
    days: 86_400_000
  }
  const timesIn = (cell: string) =>
    [...cell.matchAll(/(\d+) (s|min|hours?|days?)\b/g)].map(
      ([, count, unit = '']) => Number(count) * (units[unit] ?? NaN)
    )
  const rows = new Map(
    proseOf(pageOf('docs/consumers/freshness.md').text)
      .filter(isRow)
      .map((line) => [cellsOf(line)[0], cellsOf(line).slice(1).flatMap(timesIn)])
  )
  t.strictSame(rows.get('a vacancy'), [vacature.followedFreshMs, vacature.freshMs, vacature.staleIfErrorMs])
  t.strictSame(rows.get('a CV'), [kandidaat.followedFreshMs, kandidaat.freshMs])
  t.strictSame(rows.get('searches of vacancies'), [vacatures.freshMs, vacatures.staleIfErrorMs])
  t.strictSame(rows.get('searches of CVs, `vacaturesInitieel`'), [endpoints.kandidaten.freshMs])
  t.strictSame(rows.get('an unknown id'), [vacature.negativeMs])
  t.strictSame(rows.get('reference lists'), [talen.freshMs, talen.staleIfErrorMs])
})

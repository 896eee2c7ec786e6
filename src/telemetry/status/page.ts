import { escaped } from '../../http/pages/document.ts'
import type { StatusFacts } from './facts.ts'
import { ageBounds } from './state.ts'

const mega = 1024 * 1024
const mostRows = 10

const number = (value: number) => Math.round(value).toLocaleString('en')
const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`)
const megabytes = (bytes: number) => `${(bytes / mega).toFixed(bytes < 10 * mega ? 1 : 0)} MB`
const ago = (ms: number) =>
  ms < 120_000
    ? `${Math.max(0, Math.round(ms / 1000))} s`
    : ms < 7_200_000
      ? `${Math.round(ms / 60_000)} min`
      : `${Math.round(ms / 3_600_000)} h`
const mark = (isWell: boolean, words: string) => `<span class="${isWell ? 'well' : 'ill'}">${escaped(words)}</span>`

const heading = (cell: string, index: number) => `<th scope="col"${index === 0 ? '' : ' class="number"'}>${cell}</th>`

type Cells = readonly (string | number)[]
/** A table; numbers are right-aligned. On a phone it scrolls separately. */
const table = (head: readonly string[], rows: readonly Cells[], empty: string) =>
  rows.length === 0
    ? `<p class="quiet">${empty}</p>`
    : `<div class="table"><table>
<thead><tr>${head.map(heading).join('')}</tr></thead>
<tbody>
${rows
  .map(
    ([first = '', ...others]) =>
      `<tr><th scope="row">${escaped(String(first))}</th>${others
        .map((cell) => `<td class="number">${typeof cell === 'number' ? number(cell) : escaped(cell)}</td>`)
        .join('')}</tr>`
  )
  .join('\n')}
</tbody></table></div>`

const feedWords = ({ healthy, behindMs, reason }: StatusFacts['feeds']['vacatures']) =>
  reason === 'off'
    ? 'off'
    : healthy
      ? `${mark(true, 'followed')}, known up to ${ago(behindMs ?? 0)} ago`
      : `${mark(false, reason ?? 'not read yet')}${behindMs === undefined ? '' : `, known up to ${ago(behindMs)} ago`}`

const tokenWords = (token: StatusFacts['token']) =>
  token === undefined ? 'not used in this profile' : mark(token === 'ok', token === 'ok' ? 'granted' : 'not granted')

const state = (facts: StatusFacts, time: number) => {
  const { status, simulator, profile, version, startedAt, workers, upstream, token, feeds } = facts
  const processes = workers === 1 ? '1 process' : `${workers} processes`
  const since = ago(time - Date.parse(startedAt))
  return `<dl class="sentences">
<dt>Gateway</dt><dd>${mark(status === 'ok', status === 'ok' ? 'serves requests' : status)}</dd>
<dt>${simulator ? 'Simulator' : 'VDAB'}</dt><dd>${mark(upstream.status === 'ok', upstream.reason ?? 'answers')}</dd>
<dt>Token</dt><dd>${tokenWords(token)}</dd>
<dt>Changes of vacancies</dt><dd>${feedWords(feeds.vacatures)}</dd>
<dt>Changes of candidates</dt><dd>${feedWords(feeds.kandidaten)}</dd>
<dt>Version</dt><dd>${escaped(version)}, profile ${escaped(profile)}, ${processes}, for ${since}</dd>
</dl>`
}

const quota = ({ quota: lanes, activity: { calls } }: StatusFacts) =>
  table(
    ['Endpoint', 'Limit', 'Used', 'Waiting', 'Calls, hour'],
    Object.entries(lanes).map(([name, { limit, used, waiting }]) => [
      name,
      limit,
      used,
      Object.values(waiting).reduce((sum, count) => sum + count, 0),
      calls[name]?.hour ?? 0
    ]),
    'No call to VDAB yet.'
  )

const ageRows = ({ activity: { ages } }: StatusFacts): Cells[] => [
  ...ageBounds.map((bound, index): Cells => [
    `at most ${ago(bound * 1000)}`,
    ages.atMost[index] ?? 0,
    share(ages.atMost[index] ?? 0, ages.all)
  ]),
  ['older', ages.all - (ages.atMost.at(-1) ?? 0), share(ages.all - (ages.atMost.at(-1) ?? 0), ages.all)]
]

const watchedWords = ({ same = 0, changed_since: changed = 0, stale = 0 }: Readonly<Record<string, number>>) => {
  const all = same + changed + stale
  if (all === 0) return 'none yet'
  return `${number(all)}: ${mark(stale === 0, `${number(stale)} stale`)}, ${number(changed)} changed since`
}

const freshness = (facts: StatusFacts) => {
  const { answers, watched, ages } = facts.activity
  const rows = ages.all === 0 ? [] : ageRows(facts)
  return `<dl class="sentences">
<dt>Answers</dt><dd>${number(answers.all)}, of which ${number(answers.withoutCall)} with VDAB's data needed no call</dd>
<dt>Compared with VDAB</dt><dd>${watchedWords(watched)}</dd>
</dl>
${table(['Age when it left', 'Answers', 'Share'], rows, 'No answer with a known age yet.')}`
}

const caches = ({ caches: parts, activity: { lookups } }: StatusFacts) =>
  `${table(
    ['Part', 'Used', 'Limit'],
    Object.entries(parts).map(([part, { bytes, maxBytes }]) => [part, megabytes(bytes), megabytes(maxBytes)]),
    'No cache.'
  )}
${table(
  ['Lookups since the start', 'Hit', 'Stale', 'Miss', 'Joined', 'Hits'],
  Object.entries(lookups).map(([name, { hit, stale, miss, coalesced }]) => [
    name,
    hit,
    stale,
    miss,
    coalesced,
    share(hit + stale, hit + stale + miss + coalesced)
  ]),
  'No lookup yet.'
)}`

const consumers = ({ activity: { cost, requests } }: StatusFacts) =>
  table(
    ['Consumer', 'Cost, minute', 'Cost, hour', 'Answers, hour'],
    Object.entries(cost)
      .sort(([, a], [, b]) => b.minute - a.minute || b.hour - a.hour)
      .slice(0, mostRows)
      .map(([name, { minute, hour }]) => [name, minute, hour, requests[name]?.hour ?? 0]),
    'No request in the last hour.'
  )

const errors = ({ activity }: StatusFacts, time: number) =>
  table(
    ['Code', 'Minute', 'Hour', 'Last'],
    Object.entries(activity.errors)
      .sort(([, a], [, b]) => b.lastAt - a.lastAt)
      .map(([code, { minute, hour, lastAt }]) => [code, minute, hour, `${ago(time - lastAt)} ago`]),
    'No error in the last hour.'
  )

/** The body of the status page, as HTML. It contains no id, no key and no personal data. */
export const statusBody = (facts: StatusFacts, time: number) =>
  `<p class="quiet">As of ${new Date(time).toISOString()}. The page refreshes itself.</p>
${state(facts, time)}
<h2>Calls to VDAB</h2>
${quota(facts)}
<h2>Freshness</h2>
${freshness(facts)}
<h2>Consumers by cost</h2>
${consumers(facts)}
<h2>Recent errors</h2>
${errors(facts, time)}
<h2>Cache</h2>
${caches(facts)}`

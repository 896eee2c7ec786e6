import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Changes } from '../../changes/changes.ts'
import type { createHealth } from '../../upstream/health.ts'
import { escaped } from './document.ts'

type Feeds = ReturnType<Changes['state']>
type Upstream = Awaited<ReturnType<ReturnType<typeof createHealth>['check']>>['upstream']

/** The content of the front page, as a page and as JSON. The same facts as `/health/ready`. */
export type Facts = {
  status: 'ok' | 'unavailable' | 'stopping'
  simulator: boolean
  profile: string
  version: string | undefined
  upstream: Upstream
  feeds: Feeds
}

/** The pages and documents that the front page links to. */
const places = [
  { path: 'graphiql', name: 'GraphiQL', words: 'Write operations in the browser, with completion and documentation.' },
  { path: 'docs', name: 'REST documentation', words: 'All REST paths, with examples. Try them with your own key.' },
  { path: 'openapi.json', name: 'openapi.json', words: 'The REST paths as OpenAPI, to generate a client from.' },
  { path: 'openapi.yaml', name: 'openapi.yaml', words: 'The same description as YAML.' },
  { path: 'schema.graphql', name: 'schema.graphql', words: 'The GraphQL schema as text. Needs your key in a header.' },
  { path: 'problems', name: 'Error codes', words: 'What each code means, and what to do about it.' },
  { path: 'health/ready', name: 'health/ready', words: 'Can the gateway serve requests? As JSON, for probes.' }
] as const

/** The links for which this gateway has a route. */
export const placesOf = (app: FastifyInstance) =>
  places.filter(({ path }) => app.hasRoute({ method: 'GET', url: `/${path}` }))

const guides = [
  ['docs/how-to/use-curl.md', 'more requests with curl'],
  ['docs/how-to/move-a-vdab-client.md', 'move a client of VDAB, version 2 or 4'],
  ['docs/consumers/api.md', 'the REST API under /api'],
  ['docs/how-to/generate-a-client.md', 'a typed REST client from openapi.json'],
  ['docs/how-to/use-a-graphql-client.md', 'Apollo, urql, Relay and code generation'],
  ['docs/consumers.md', 'everything for consumers: GraphQL, REST, errors, limits'],
  ['docs/how-to/test-against-the-simulator.md', 'test your client without VDAB'],
  ['docs/operations.md', 'run the gateway: settings, keys, health']
] as const

const ageOf = (ms: number) =>
  ms < 120_000 ? `${Math.max(0, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`

const mark = (isWell: boolean, words: string) => `<span class="${isWell ? 'well' : 'ill'}">${escaped(words)}</span>`

const feedWords = ({ healthy, behindMs, reason }: Feeds[keyof Feeds]) => {
  if (reason === 'off') return 'not followed: the feeds are off'
  // The first poll runs just after the start.
  if (behindMs === undefined || !Number.isFinite(behindMs)) return 'not read yet'
  return healthy
    ? `${mark(true, 'followed')}, read ${ageOf(behindMs)} ago`
    : `${mark(false, 'behind')} by ${ageOf(behindMs)}${reason === undefined ? '' : `: ${escaped(reason)}`}`
}

const statusRows = ({ status, simulator, profile, version, upstream, feeds }: Facts) => `<dl class="sentences">
<dt>Gateway</dt><dd>${mark(status === 'ok', status === 'ok' ? 'ready' : status)}</dd>
<dt>Data</dt><dd>${simulator ? 'the simulator: invented data' : "VDAB's APIs"}, profile ${escaped(profile)}</dd>
<dt>${simulator ? 'Simulator' : 'VDAB'}</dt><dd>${mark(upstream.status === 'ok', upstream.reason ?? 'answers')}</dd>
<dt>Changes of vacancies</dt><dd>${feedWords(feeds.vacatures)}</dd>
<dt>Changes of candidates</dt><dd>${feedWords(feeds.kandidaten)}</dd>
${version === undefined ? '' : `<dt>Version</dt><dd>${escaped(version)}</dd>\n`}</dl>`

/** The address that the reader used. A malformed Host header is not repeated. */
const originOf = ({ protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>) =>
  `${protocol}://${/^[\w.:[\]-]{1,255}$/.test(host) ? host : '127.0.0.1:3000'}`

/** The first request to each entry point, as lines of a shell. */
const firstRequests = (origin: string, key: string) => [
  {
    words: 'GraphQL: exactly the fields that you select.',
    command: `curl ${origin}/graphql \\
  -H 'content-type: application/json' \\
  -H 'x-api-key: ${key}' \\
  -d '{"query":"{ vacatures(first: 3) { totaal nodes { id functie { functieTitel } } } }"}'`
  },
  {
    words: 'REST, with details and labels.',
    command: `curl '${origin}/api/vacatures?postcode=1930&details=true' \\
  -H 'x-api-key: ${key}'`
  },
  {
    words: "VDAB's own path, version 2. A client of VDAB changes its host and its key only.",
    command: `curl '${origin}/services/openservices/v2/vacatures?postcode=1930' \\
  -H 'X-IBM-Client-Id: ${key}'`
  },
  {
    words: "VDAB's own path, version 4.",
    command: `curl '${origin}/services/openservices/vacatures/v4/vacatures?postcode=1930' \\
  -H 'X-IBM-Client-Id: ${key}'`
  }
]

/** The body of the front page, as HTML. `demoKey` is a public key. */
export const frontBody = (
  facts: Facts,
  { app, request, demoKey }: { app: FastifyInstance; request: FastifyRequest; demoKey: string | undefined }
) => `<p>A gateway in front of the APIs of VDAB, the Flemish employment service. It answers GraphQL and REST, fetches
from VDAB what a request needs, keeps it in a cache, and sends VDAB's key for you.</p>
<h2>State</h2>
${statusRows(facts)}
<h2>Start here</h2>
<ul class="cards">
${placesOf(app)
  .map(({ path, name, words }) => `<li><a href="${path}">${name}</a><span>${words}</span></li>`)
  .join('\n')}
</ul>
<h2>The first requests</h2>
${firstRequests(originOf(request), demoKey ?? 'YOUR-KEY')
  .map(({ words, command }) => `<p>${escaped(words)}</p>\n<pre><code>${escaped(command)}</code></pre>`)
  .join('\n')}
<p class="quiet">${
  demoKey === undefined
    ? 'The operator of this gateway gives you a key.'
    : `The simulator has demo keys. <code>${escaped(demoKey)}</code> reads vacancies.`
}</p>
<h2>Guides</h2>
<p>The repository of the gateway contains them:</p>
<ul>
${guides.map(([file, words]) => `<li><code>${file}</code>: ${words}</li>`).join('\n')}
</ul>`

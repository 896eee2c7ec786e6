import { readFileSync } from 'node:fs'
import t from 'tap'
import { build } from '../helper.ts'
import type { Built } from '../helper.ts'
import { dial, written } from '../hostile/raw.ts'

/** The status of a response, and the error code of a refusal. */
type Verdict = { status: number; code?: string | undefined }
type Claim = {
  page: string
  /** matches the number in the page */
  says: RegExp
  /** sends a request of this size */
  ask: (gateway: Built, count: number) => Promise<Verdict>
  refused: Verdict
  /** the result at the limit itself, where the request has another error */
  taken?: Verdict
  /** bytes per unit of the page */
  unit?: number
  /** step above the limit that is refused, when it is not 1 */
  step?: number
}

const verdictOf = async (response: Response): Promise<Verdict> => {
  const text = await response.text()
  const { code, errors } = (/^\s*\{/.test(text) ? JSON.parse(text.split('\n')[0] ?? '') : {}) as {
    code?: string
    errors?: { extensions: { code: string } }[]
  }
  return { status: response.status, code: errors?.[0]?.extensions.code ?? (response.status < 400 ? undefined : code) }
}
const accept = { accept: 'application/graphql-response+json' }
const asked = async ({ post }: Built, query: string) => verdictOf(await post({ query }, { headers: accept }))
const got = async ({ get }: Built, path: string, headers: Record<string, string> = {}) =>
  verdictOf(await get(path, { headers }))
const times = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ')
const uuid = (index: number) => `a3e007c0-68d3-4fb7-aa35-${String(index).padStart(12, '0')}`
const levels = (count: number) =>
  `{ __schema { types { fields { type { ${'ofType { '.repeat(count - 5)} name ${'} '.repeat(count - 5)} } } } } }`

const limits = 'docs/consumers/limits.md'
const audit = 'docs/operations/audit.md'
const costly = { status: 400, code: 'QUERY_TOO_COSTLY' }
const bad = { status: 400, code: 'BAD_USER_INPUT' }
/** The document is valid, and one field has an error. */
const atField = { status: 200, code: 'BAD_USER_INPUT' }
const bodyOf = (bytes: number) => `{"query":"{ __typename }"${' '.repeat(bytes - 26)}}`
const operation = '{ __typename }'

/** Sends these headers and Host as raw bytes. */
const asBytes = async ({ url }: Built, headers: readonly string[]): Promise<Verdict> => {
  const line = await dial(url)
  await line.write(written('GET /health/live', headers))
  const answer = await line.next()
  line.end()
  return { status: answer?.status ?? 0, code: (JSON.parse(answer?.body.toString() ?? '{}') as { code?: string }).code }
}

// Different names: GraphQL compares all pairs of a repeated name, so 2,000 of one name are refused for another reason.
const leaves = [
  'id',
  'status',
  'aantalJobs',
  'bron',
  'versie',
  'vrijeVereiste',
  'publicatieDatum',
  'startDatum',
  'internationaalOpengesteld'
]
/** A document with this number of selections after expanding its fragments: 2,000 or a few more. */
const selections = (count: number) => {
  const spreads = 199
  const others = [...leaves, 'depublicatieDatum', 'vacatureType'].slice(0, count - 1 - spreads * (leaves.length + 1))
  return `{ vacature(id: "${uuid(1)}") { ${times(spreads, () => '...Alle')} ${others.join(' ')} } } fragment Alle on Vacature { ${leaves.join(' ')} }`
}

const claims: readonly Claim[] = [
  {
    page: limits,
    says: /\| GraphQL request body \| (\d+) kB \|/,
    unit: 1024,
    refused: { status: 413, code: 'BAD_USER_INPUT' },
    ask: async ({ post }, bytes) => verdictOf(await post(bodyOf(bytes)))
  },
  {
    page: limits,
    says: /\| tokens in one document \| ([\d,]+) \|/,
    refused: costly,
    taken: atField,
    ask: (gateway, count) =>
      asked(gateway, `{ vacatures(filter: { postcode: [${times(count - 16, () => '"x"')}] }) { totaal } }`)
  },
  {
    page: limits,
    says: /\| operations in one batch \| (\d+) \|/,
    refused: bad,
    ask: async ({ post }, count) => verdictOf(await post(Array.from({ length: count }, () => ({ query: operation }))))
  },
  {
    page: limits,
    says: /\| levels of fields in one operation \| (\d+) \|/,
    refused: costly,
    ask: (gateway, count) => asked(gateway, levels(count))
  },
  {
    page: limits,
    says: /\| aliases in one operation \| (\d+) \|/,
    refused: costly,
    ask: (gateway, count) =>
      asked(gateway, `{ vacature(id: "${uuid(1)}") { ${times(count, (index) => `a${index}: id`)} } }`)
  },
  {
    page: limits,
    says: /\| fields of `Query` in one operation \| (\d+) \|/,
    refused: costly,
    ask: (gateway, count) => asked(gateway, `{ ${times(count, () => '__typename')} }`)
  },
  {
    page: limits,
    says: /\| directives in one operation \| (\d+) \|/,
    refused: costly,
    ask: (gateway, count) =>
      asked(gateway, `{ vacature(id: "${uuid(1)}") { ${times(count, () => 'id @include(if: true)')} } }`)
  },
  {
    page: limits,
    says: /\| levels of brackets in one document \| (\d+) \|/,
    refused: costly,
    taken: bad,
    ask: (gateway, count) =>
      asked(gateway, `{ kandidaten(filter: { studies: ${'['.repeat(count - 3)}${']'.repeat(count - 3)} }) { totaal } }`)
  },
  {
    page: limits,
    says: /\| operations and fragments in one document \| (\d+) \|/,
    refused: costly,
    ask: (gateway, count) =>
      asked(
        gateway,
        `{ vacature(id: "${uuid(1)}") { ${times(count - 1, (index) => `...F${index}`)} } } ${times(count - 1, (index) => `fragment F${index} on Vacature { id }`)}`
      )
  },
  {
    page: limits,
    says: /\| selections in one document, after .+? \| ([\d,]+) \|/,
    refused: costly,
    ask: (gateway, count) => asked(gateway, selections(count))
  },
  {
    page: limits,
    says: /\| items in one page .+? \| (\d+) \|/,
    refused: atField,
    ask: (gateway, count) => asked(gateway, `{ vacatures(first: ${count}) { totaal } }`)
  },
  {
    page: limits,
    says: /\| ids in `vacaturesOpId` \| (\d+) \|/,
    refused: atField,
    ask: (gateway, count) =>
      asked(gateway, `{ vacaturesOpId(ids: [${times(count, (index) => `"${uuid(index)}"`)}]) { id } }`)
  },
  {
    page: limits,
    says: /\| `aantal` of a search on VDAB's own paths \| (\d+) \|/,
    refused: bad,
    ask: (gateway, count) => got(gateway, `/services/openservices/v2/vacatures?aantal=${count}`)
  },
  {
    page: limits,
    says: /\| `aantal` of `initial` and `bulk` \| ([\d,]+) \|/,
    refused: bad,
    ask: (gateway, count) =>
      got(gateway, `/services/openservices/v2/vacatures/initial?datum=2026-01-01&aantal=${count}`)
  },
  {
    page: limits,
    says: /\| ids in the body of `POST \/v2\/vacatures` \| (\d+) \|/,
    refused: bad,
    ask: async ({ url }, count) =>
      verdictOf(
        await fetch(`${url}/services/openservices/v2/vacatures`, {
          method: 'POST',
          headers: { 'x-api-key': 'demo-frontend', 'content-type': 'application/json' },
          body: JSON.stringify(Array.from({ length: count }, (_, index) => uuid(index)))
        })
      )
  },
  {
    page: limits,
    says: /\| `aantal` of the change feed \(200 by default\) \| ([\d,]+) \|/,
    refused: bad,
    ask: (gateway, count) => got(gateway, `/api/vacatures/wijzigingen?aantal=${count}`)
  },
  {
    page: limits,
    says: /\| characters in `x-doel`: .+? \| (\d+) \|/,
    refused: bad,
    ask: (gateway, count) =>
      got(gateway, '/services/openservices/v1/kandidaten?aantal=1', { 'x-doel': 'a'.repeat(count) })
  },
  {
    page: audit,
    says: /`aantal` is 1 to ([\d,]+), 100 by default/,
    refused: bad,
    ask: (gateway, count) => got(gateway, `/api/audit/kandidaten/bbbbbbbb-0000-4000-8000-000000000001?aantal=${count}`)
  },
  {
    page: limits,
    says: /\| characters in `x-request-id`: .+? \| (\d+) \|/,
    refused: { status: 200, code: 'another' },
    ask: async ({ get }, count) => {
      const response = await get('/health/live', { headers: { 'x-request-id': 'a'.repeat(count) } })
      return {
        status: response.status,
        code: response.headers.get('x-request-id')?.length === count ? undefined : 'another'
      }
    }
  },
  {
    page: limits,
    says: /\| URL and headers of one request \| (\d+) kB \|/,
    unit: 1024,
    step: 512,
    refused: { status: 431, code: 'BAD_USER_INPUT' },
    ask: (gateway, bytes) => asBytes(gateway, [`a: ${'b'.repeat(bytes - 50)}`])
  },
  {
    page: limits,
    says: /\| headers of one request \| ([\d,]+) \|/,
    refused: { status: 431, code: 'BAD_USER_INPUT' },
    ask: (gateway, count) =>
      asBytes(
        gateway,
        Array.from({ length: count - 1 }, () => 'a:')
      )
  } // Host is one
]

t.test('a request at each documented limit is accepted, and one above it is refused, also when repeated', async (t) => {
  const gateway = await build(t, {
    simulator: { vacatures: 30, kandidaten: 10 },
    env: {
      REQUESTS_PER_MINUTE: '100000',
      COST_PER_MINUTE: '100000000',
      REFUSAL_DELAY_MS: '0',
      FEED_INTERVAL_MS: '3600000'
    }
  })
  const texts = new Map(
    [limits, audit].map((page) => [page, readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')])
  )
  for (const { page, says, ask, refused, taken = { status: 200, code: undefined }, unit = 1, step = 1 } of claims) {
    const [, said] = says.exec(texts.get(page) ?? '') ?? []
    t.ok(said, `${page} says ${String(says)}`)
    const most = Number(said?.replaceAll(',', '')) * unit
    for (let time = 0; time < 2; time += 1) {
      t.strictSame([String(says), await ask(gateway, most)], [String(says), taken])
      t.strictSame([String(says), await ask(gateway, most + step)], [String(says), refused])
    }
  }
})

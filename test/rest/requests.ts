import fc, { type Arbitrary } from 'fast-check'
import { document, type Operation, type Parameter } from './description.ts'

type Json = Record<string, unknown>
type Pairs = readonly (readonly [name: string, value: string])[]
/** A request as it goes over the wire. */
export type Fuzzed = { path: string; method: string; headers: Record<string, string>; body?: Buffer }

const hour = 3_600_000
const instant = (ago: number) => new Date(Date.now() - ago * hour).toISOString()
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const unknownId = 'a3e007c0-68d3-4fb7-aa35-c36e96ede173'

/** Values that the simulator knows, by the name of the parameter: a schema does not contain them. */
const known: Readonly<Record<string, readonly string[]>> = {
  id: [id, unknownId, `Vacature:${id}`, 'NOT_FOUND-1', '07f701ec-57c9-40dd-97d9-e9238062db1e'],
  jobdomein: ['JOBCAT10', 'JOBCAT01'],
  postcode: ['2000', '1930'],
  velden: ['id', 'functie', 'functie,status', 'cvId', 'status'],
  van: [instant(2), instant(24)],
  tot: [instant(1), instant(0)],
  datum: ['2026-11-01', '2024-02-29', '2023-02-29', '0000-00-00'],
  lijst: ['TALEN', 'JOBDOMEINEN'],
  code: ['N', 'JOBCAT10'],
  release: ['current', '3.25', '0.1'],
  lang: ['nl', 'en'],
  size: ['2'],
  page: ['0', '1'],
  na: [id],
  grant_type: ['client_credentials', 'password'],
  client_id: ['demo-frontend', 'demo-hr'],
  client_secret: ['demo-frontend', 'demo-hr']
}

const long = 'x'.repeat(3000)
const odd = [
  ['', ' ', '\t', ',', 'a,b', ',,', '*', '.', '..', '../..', '/', 'a/b', '?', '#', '&', '=', ';', '"', "';--", '<b>'],
  ['-1', '0', '-0', '+1', '1.0', '1e3', '0x10', '01', '99999999999', '9007199254740993', '1e400', 'NaN', 'Infinity'],
  ['null', 'undefined', 'true', 'TRUE', '{}', '[]', '[object Object]', '{"a":1}', '__proto__', 'constructor'],
  ['toString', 'hasOwnProperty', '\0', 'a\0b', '\r\nx-a: b', '\u007f', '\u202e', '\ufeff', 'é', 'e\u0301', '😀'],
  ['%', '%00', '%zz', '${1}', '{{1}}', '2026-13-01', '2026-11-01T25:00:00Z', '12026-01-01T00:00:00Z', long]
].flat()
/** Parts of a URL that no encoder writes. */
const malformed = ['%', '%z', '%zz', '%ff', '%c3%28', '%ed%a0%80', '%u0041', '+', '%2e%2e', '%2F', '%5c', '%00']

const schemaOf = (schema: Json): Json => {
  const reference = schema['$ref']
  return typeof reference === 'string' ? (document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {}) : schema
}

/** Values that the schema allows, and values at and just beyond its bounds. */
const rightFor = (name: string, given: Json): readonly string[] => {
  const outer = schemaOf(given)
  const { enum: allowed, type, minimum = 1, maximum = 2_147_483_647 } = schemaOf((outer['items'] ?? outer) as Json)
  const [least, most] = [Number(minimum), Number(maximum)]
  return [
    ...(known[name] ?? []),
    ...(Array.isArray(allowed) ? allowed.map(String) : []),
    ...(type === 'integer' ? [least - 1, least, least + 1, 2, 5, most - 1, most, most + 1].map(String) : []),
    ...(type === 'boolean' ? ['true', 'false'] : [])
  ]
}

const nearMiss = fc.oneof(fc.constantFrom(...odd), fc.string({ unit: 'binary', maxLength: 12 }))
const textFor = (name: string, schema: Json): Arbitrary<string> => {
  const right = rightFor(name, schema)
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...(right.length > 0 ? right : ['x', 'abc'])) },
    { weight: 2, arbitrary: nearMiss }
  )
}
/** A value in the URL: encoded, or malformed. */
const encodedFor = (name: string, schema: Json): Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: textFor(name, schema).map(encodeURIComponent) },
    { weight: 1, arbitrary: fc.constantFrom(...malformed) }
  )

/** The values of one parameter: none, one or several, sometimes under a misspelled name. */
const pairsOf = (name: string, schema: Json, isRequired: boolean, one: Arbitrary<string>): Arbitrary<Pairs> => {
  const isList = schemaOf(schema)['type'] === 'array'
  const names = fc.oneof(
    { weight: 30, arbitrary: fc.constant(name) },
    { weight: 1, arbitrary: fc.constantFrom(`${name}[]`, `${name}[a]`, name.toUpperCase(), `${name}%00`, `${name}.x`) }
  )
  const lengths = isRequired
    ? [1, 1, 1, 1, 1, 1, 1, 0, 2]
    : isList
      ? [0, 0, 0, 0, 1, 1, 2, 3]
      : [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]
  return fc
    .constantFrom(...lengths)
    .chain((length) => fc.array(fc.tuple(names, one), { minLength: length, maxLength: length }))
}
const stranger: Arbitrary<Pairs> = fc.oneof(
  { weight: 15, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.oneof(
          fc.constantFrom('__proto__', 'constructor', '', 'onbekend', '%', 'offset'),
          nearMiss.map(encodeURIComponent)
        ),
        fc.constantFrom('', '1', ...malformed)
      )
      .map((pair) => [pair])
  }
)
const written = (pairs: readonly Pairs[]) =>
  pairs
    .flat()
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const queryOf = (parameters: readonly Parameter[]): Arbitrary<string> =>
  fc
    .tuple(
      ...parameters.map(({ name, schema, required }) =>
        pairsOf(name, schema, required === true, encodedFor(name, schema))
      ),
      stranger
    )
    .map((pairs) => written(pairs))
    .map((query) => (query === '' ? '' : `?${query}`))

/** Headers carry ISO 8859-1 without control characters: Node sends no others. */
const inHeader = (text: string) => text.replace(/[^\t\x20-\x7e\xa0-\xff]/g, '').trim()
const headersOf = (parameters: readonly Parameter[]): Arbitrary<Record<string, string>> =>
  fc
    .record({
      ...Object.fromEntries(
        parameters.map(({ name, schema }) => [
          name,
          fc.option(fc.oneof({ weight: 3, arbitrary: fc.constant('a test') }, textFor(name, schema)), {
            nil: undefined,
            freq: 5
          })
        ])
      ),
      accept: fc.oneof(
        { weight: 12, arbitrary: fc.constant(undefined) },
        fc.constantFrom(
          '*/*',
          'application/json',
          'application/*;q=0.5',
          'image/png',
          'application/json;q=0',
          ';;',
          '/'
        )
      ),
      'if-none-match': fc.oneof(
        { weight: 12, arbitrary: fc.constant(undefined) },
        fc.constantFrom('*', '"x"', 'W/"x", "y"', '"', ',')
      )
    })
    .map((given) =>
      Object.fromEntries(
        Object.entries(given as Record<string, string | undefined>).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, inHeader(value)] as const]
        )
      )
    )

const reference = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(id, unknownId, `Vacature:${id}`, 'NOT_FOUND-1', 71_580_712) },
  { weight: 1, arbitrary: nearMiss },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, 1.5, 1e300, {}, [], [id], { id }) }
)
const listOf = fc.oneof(
  { weight: 6, arbitrary: fc.array(reference, { maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(199, 200, 201, 2000)
      .map((length) => Array.from({ length }, (_, at) => `${id.slice(0, -4)}${1000 + at}`))
  }
)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const member = (schema: Json) => Object.keys(schema['properties'] ?? { vacatureIds: {} })[0] ?? ''
const jsonOf = (schema: Json): Arbitrary<Buffer> => {
  const name = member(schema)
  const ids = JSON.stringify([id])
  return fc.oneof(
    { weight: 8, arbitrary: listOf.map((list) => Buffer.from(JSON.stringify({ [name]: list }))) },
    { weight: 2, arbitrary: listOf.map((list) => Buffer.from(JSON.stringify(list))) },
    { weight: 2, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: fc.json().map((text) => Buffer.from(`{"${name}":${text}}`)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(
          ...['', ' ', 'null', '{', `{"${name}":`, `{"${name}":${ids},}`, `{"${name}":[],"${name}":${ids}}`, '1e400'],
          ...[`{"${name}":${ids},"onbekend":1}`, `{"__proto__":${ids}}`, `{"${name}":${ids},"__proto__":{"a":1}}`],
          ...[
            `{"constructor":{"prototype":${ids}}}`,
            `\ufeff{"${name}":${ids}}`,
            nested(5000),
            `{"${name}":${nested(5000)}}`
          ],
          ...[`{"${name}":"${'x'.repeat(50_000)}"}`, `{"${name}":[123456789012345678901234567890]}`, `{"":${ids}}`]
        )
        .map((text) => Buffer.from(text))
    }
  )
}
const formOf = (schema: Json): Arbitrary<Buffer> => {
  const required = (schema['required'] ?? []) as readonly string[]
  const members = Object.entries((schema['properties'] ?? {}) as Record<string, Json>)
  return fc
    .tuple(
      ...members.map(([name, one]) =>
        pairsOf(name, one, name !== 'scope' || required.includes(name), encodedFor(name, one))
      ),
      stranger
    )
    .map((pairs) => Buffer.from(written(pairs)))
}
type Body = { headers: Record<string, string>; body?: Buffer }
const bodyOf = ({ requestBody }: Operation): Arbitrary<Body> => {
  const [found] = Object.entries(requestBody?.content ?? {})
  if (!found) return fc.constant({ headers: {} })
  const [type, { schema }] = found
  const wrong = [
    'text/plain',
    'multipart/form-data',
    'application/xml',
    'application/json',
    '/',
    'application',
    `${type}; charset=x`
  ]
  const types = fc.oneof({ weight: 15, arbitrary: fc.constant(type) }, fc.constantFrom('', ...wrong))
  const codings = fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, fc.constantFrom('gzip', 'identity', ''))
  return fc
    .record({ given: types, coding: codings, body: type.includes('json') ? jsonOf(schema) : formOf(schema) })
    .map(({ given, coding, body }) => ({
      headers: {
        ...(given === '' ? {} : { 'content-type': given }),
        ...(coding === undefined ? {} : { 'content-encoding': coding })
      },
      body
    }))
}

/** The path with its parameters filled in, except values that lead to the path of another operation. */
const pathsOf = (template: string, parameters: readonly Parameter[]): Arbitrary<string> =>
  fc
    .tuple(...parameters.map(({ name, schema }) => encodedFor(name, schema).filter((text) => text !== '')))
    .map((values) =>
      parameters.reduce((path, { name }, at) => path.replace(`{${name}}`, () => values[at] ?? ''), template)
    )
    // A client that follows the URL standard removes dot segments, and so does the gateway.
    .filter(
      (path) => path === template || !(Object.hasOwn(document.paths, path) || /\/(\.|%2e){1,2}(\/|$)/i.test(path))
    )

/** Requests for one operation, generated from its description: most parts are valid, some are not. */
export const requestsOf = (template: string, method: string, operation: Operation): Arbitrary<Fuzzed> => {
  const parameters = (operation.parameters ?? []).map(
    (one) => (one.$ref ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''] : one) as Parameter // the document has it
  )
  const within = (place: string) => parameters.filter((parameter) => parameter.in === place)
  return fc
    .record({
      path: pathsOf(template, within('path')),
      query: queryOf(within('query')),
      headers: headersOf(within('header')),
      body: bodyOf(operation),
      key: fc.constantFrom('demo-beheer', 'demo-beheer', 'demo-hr', 'demo-frontend', 'nobody')
    })
    .map(({ path, query, headers, body: { body, headers: more }, key }) => ({
      path: `${path}${query}`,
      method,
      headers: { 'x-api-key': key, ...headers, ...more },
      ...(body === undefined ? {} : { body })
    }))
}

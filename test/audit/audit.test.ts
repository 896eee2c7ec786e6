import { spawn } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import { get as httpGet } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { getNamedType, isObjectType } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import t from 'tap'
import type { AuditRecord } from '../../src/access/audit.ts'
import { readConsumers, sha256 } from '../../src/access/consumers.ts'
import { isLink, markedFields } from '../../src/schema/policy.ts'
import { readSchema } from '../../src/schema/index.ts'
import { createSimulator } from '../../src/simulator/server.ts'
import { auditFile, build, buildBefore } from '../helper.ts'
import { until } from '../workers/workers.ts'

type Json = Readonly<Record<string, unknown>>
const person = 'bbbbbbbb-0000-4000-8000-000000000001'
const other = 'bbbbbbbb-0000-4000-8000-000000000002'
const vacature = 'aaaaaaaa-0000-4000-8000-000000000001'
const rest = '/services/openservices/v1/kandidaten'
const world = { vacatures: 20, kandidaten: 30 }
const generous = { REQUESTS_PER_MINUTE: '1000000', CVS_PER_DAY: '1000000' }
const every = ['kandidaten', 'kandidaten:contact', 'kandidaten:identiteit']

const recordsIn = (file: string): AuditRecord[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as AuditRecord)
        .filter((record) => 'cvId' in record) // only records of reads
    : []
const seenIn = (file: string, requestId: string) =>
  Object.fromEntries(
    recordsIn(file)
      .filter((record) => record.requestId === requestId)
      .map(({ cvId, groepen }) => [cvId, groepen])
  )
const consumers = (extra: Json): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(
    path,
    JSON.stringify([
      { name: 'team', sha256: sha256('team-key'), scopes: ['vacatures', 'kandidaten', 'beheer'], ...extra }
    ])
  )
  return path
}

void t.test('reading CVs requires a purpose at both doors; reading vacancies does not', async (t) => {
  const AUDIT_FILE = auditFile()
  const { url, get, post } = await build(t, { simulator: world, env: { AUDIT_FILE } })
  const none = { headers: { 'x-doel': '' } }
  for (const path of [
    `${rest}/${person}`,
    rest,
    `${rest}/bulk?van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12:00:00.000Z`
  ]) {
    const answer = await get(path, none)
    t.match(
      [answer.status, await answer.json()],
      [403, { code: 'FORBIDDEN', moreInformation: /purpose: name it in the header x-doel, or .* --doel/ }],
      path
    )
  }
  for (const field of [`kandidaat(id: "${person}") { id }`, `node(id: "Kandidaat:${person}") { id }`]) {
    t.match(await (await post({ query: `{ it: ${field} }` }, none)).json(), {
      data: { it: null },
      errors: [{ message: /x-doel/, extensions: { code: 'FORBIDDEN', field: 'x-doel' } }]
    })
  }
  t.same(recordsIn(AUDIT_FILE), [])
  t.match(await (await post({ query: `{ vacature(id: "${vacature}") { id } }` }, none)).json(), {
    data: { vacature: { id: `Vacature:${vacature}` } },
    errors: undefined
  })
  t.equal(
    (
      await fetch(`${url}/services/openservices/v2/vacatures/${vacature}`, {
        headers: { 'x-api-key': 'demo-frontend' }
      })
    ).status,
    200
  )
})

void t.test(
  'a purpose fixed for the consumer overrides the header in the record; one with a line break stops the start',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { get } = await build(t, {
      simulator: world,
      env: { AUDIT_FILE, CONSUMERS_FILE: consumers({ doel: 'matching voor é-vacatures' }) }
    })
    t.equal((await get(`${rest}/${person}`, { key: 'team-key', headers: { 'x-doel': 'something else' } })).status, 200)
    t.match(recordsIn(AUDIT_FILE), [
      {
        consumer: 'team',
        doel: 'matching voor é-vacatures',
        cvId: person,
        deur: 'GET /services/openservices/v1/kandidaten/:id'
      }
    ])
    for (const doel of ['a\nb', 'a\u2028b', 'a\u0000', '', 'a'.repeat(201)]) {
      t.throws(
        () => readConsumers(JSON.stringify([{ name: 'team', sha256: sha256('k'), scopes: [], doel }])),
        /CONSUMERS_FILE\/0\/doel/
      )
    }
  }
)

void t.test('a purpose that is not one line of ASCII gets one clear error and does not reach the file', async (t) => {
  const AUDIT_FILE = auditFile()
  const { app, get, url } = await build(t, { simulator: world, env: { AUDIT_FILE } })
  const wrong = [
    'a\r\n{"cvId":"x"}',
    'a\nb',
    'a\u0000b',
    'a\u001bb',
    'a\u007f',
    'a\u0085b',
    'a'.repeat(201),
    'caf\u00e9',
    '\u2028',
    '{"a":1}\u2029'
  ]
  for (const doel of wrong) {
    // `inject` bypasses Node's parser, which would refuse most of these headers first.
    for (const [url, payload] of [
      [`${rest}/${person}`, undefined],
      ['/graphql', JSON.stringify({ query: `{ kandidaat(id: "${person}") { cvId } }` })]
    ] as const) {
      const { statusCode, body } = await app.inject({
        method: payload === undefined ? 'GET' : 'POST',
        url,
        headers: {
          'x-api-key': 'demo-hr',
          'x-doel': doel,
          ...(payload === undefined ? {} : { 'content-type': 'application/json' })
        },
        ...(payload === undefined ? {} : { payload })
      })
      t.equal(statusCode, payload === undefined ? 400 : 200, encodeURIComponent(doel))
      t.match(body, /"code":"BAD_USER_INPUT"/)
      t.match(body, /x-doel must be one line of 1 to 200 visible ASCII characters and spaces/)
    }
  }
  t.same(recordsIn(AUDIT_FILE), [])
  const twice = await new Promise<number | undefined>((resolve, reject) => {
    httpGet(`${url}${rest}/${person}`, { headers: { 'x-api-key': 'demo-hr', 'x-doel': ['one', 'two'] } }, (answer) => {
      resolve(answer.resume().statusCode)
    }).on('error', reject)
  })
  t.equal(twice, 400, 'two purposes are refused')
  t.same(recordsIn(AUDIT_FILE), [])
  const quotes = 'a "quoted" \\ purpose, {"cvId":"x"}'
  t.equal((await get(`${rest}/${person}`, { headers: { 'x-doel': quotes } })).status, 200)
  t.match(recordsIn(AUDIT_FILE), [{ doel: quotes, cvId: person }])
  t.equal((await get(`${rest}/${person}`, { headers: { 'x-doel': 'a'.repeat(200) } })).status, 200)
})

void t.test(
  'a record states who saw which field groups of which person, when, why and at which door, and never a value',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { get, post, query } = await build(t, { simulator: world, env: { AUDIT_FILE } })
    const answer = await get(`${rest}/${person}`, {
      key: 'demo-hr',
      headers: { 'x-request-id': 'one', 'x-doel': 'sourcing' }
    })
    const values = new Set(
      (JSON.stringify(await answer.json()).match(/"[^"]{4,}"(?!:)/g) ?? []).filter((value) => value !== `"${person}"`)
    )
    await post(
      { query: `query Who { kandidaat(id: "${person.toUpperCase()}") { natuurlijkPersoon { email } } }` },
      { key: 'demo-hr', headers: { 'x-request-id': 'two' } }
    )
    const [one, two] = recordsIn(AUDIT_FILE)
    t.match([one?.beleid, one?.hash], [/^[0-9a-f]{16}$/, /^[0-9a-f]{64}$/])
    t.same([one?.nr, two?.nr, two?.beleid], [3, 4, one?.beleid], 'the records follow those of the start and the policy')
    t.match(one?.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    t.same(
      { ...one, time: '', beleid: '', nr: 0, hash: '' },
      {
        time: '',
        beleid: '',
        nr: 0,
        hash: '',
        consumer: 'demo-hr',
        doel: 'sourcing',
        cvId: person,
        groepen: every,
        requestId: 'one',
        deur: 'GET /services/openservices/v1/kandidaten/:id'
      }
    )
    t.same(
      { ...two, time: '', beleid: '', nr: 0, hash: '' },
      {
        time: '',
        beleid: '',
        nr: 0,
        hash: '',
        consumer: 'demo-hr',
        doel: 'a test',
        cvId: person,
        groepen: ['kandidaten:contact'],
        requestId: 'two',
        deur: 'GraphQL Who'
      }
    )
    t.ok(values.size > 10)
    // The policy record contains names of fields, and a value can equal such a name: `talen`.
    const lines = readFileSync(AUDIT_FILE, 'utf8').split('\n')
    const text = lines.filter((line) => line.includes('"cvId"')).join('\n')
    t.ok(text.includes(person))
    t.same(
      [...values].filter((value) => text.includes(value.slice(1, -1))),
      []
    )
    await query(`{ vacature(id: "${vacature}") { sollicitatieprocedure { contactpersoon { email } } } }`)
    await query(`{ kandidaat(id: "${person}") { natuurlijkPersoon { email } } }`, {}, 'demo-cv')
    await query('{ kandidaten { totaal } }')
    t.equal(recordsIn(AUDIT_FILE).length, 2, 'vacancies, hidden fields and totals are not reads of a person')
  }
)

void t.test('selecting only the global id counts as reading a person', async (t) => {
  const AUDIT_FILE = auditFile()
  const { post } = await build(t, { simulator: world, env: { AUDIT_FILE } })
  for (const field of [
    `kandidaat(id: "${person}") { id }`,
    `node(id: "Kandidaat:${person}") { id }`,
    `node(id: "Kandidaat:${person}") { ...F }`
  ]) {
    await post(
      { query: `{ ${field} } ${field.includes('...F') ? 'fragment F on Node { it: id }' : ''}` },
      { headers: { 'x-request-id': 'alone' } }
    )
  }
  t.same(
    recordsIn(AUDIT_FILE).map(({ cvId, groepen }) => [cvId, groepen]),
    Array.from({ length: 3 }, () => [person, ['kandidaten']])
  )
})

const schema = readSchema()
const marks = new Map(markedFields(schema).map(({ type, field, scope }) => [`${type.name}.${field.name}`, scope]))
type Step = { type: string; field: string }
const leavesOf = (type: GraphQLObjectType, way: readonly Step[] = []): Step[][] =>
  Object.values(type.getFields()).flatMap((field) => {
    if (isLink(field)) return []
    const next = getNamedType(field.type)
    const steps = [...way, { type: type.name, field: field.name }]
    return isObjectType(next) ? leavesOf(next, steps) : [steps]
  })
const leaves = leavesOf(schema.getType('Kandidaat') as GraphQLObjectType) // it is one

type Picked = { leaf: number; alias: boolean; wrap: 'none' | 'inline' | 'named' }
const keyOf = ({ field }: Step, { alias }: Picked, index: number) => (alias ? `x${index}_${field}` : field)
const write = (picked: readonly Picked[]) => {
  const fragments: string[] = []
  const selections = picked.map((pick, index) => {
    const steps = leaves[pick.leaf] ?? []
    return steps.reduceRight((inner, step, depth) => {
      const selection = `${keyOf(step, pick, index)}: ${step.field}${inner === '' ? '' : ` { ${inner} }`}`
      if (pick.wrap === 'inline') return `... on ${step.type} { ${selection} }`
      if (pick.wrap === 'none') return selection
      fragments.push(`fragment F${index}_${depth} on ${step.type} { ${selection} }`)
      return `...F${index}_${depth}`
    }, '')
  })
  return { selection: selections.join(' '), fragments: fragments.join(' ') }
}
/** The field groups of one person in an answer, derived from the answer itself. */
const groupsIn = (value: unknown, picked: readonly Picked[]): string[] => {
  const groups = new Set<string>()
  picked.forEach((pick, index) => {
    const walk = (at: unknown, [step, ...more]: readonly Step[]): void => {
      if (Array.isArray(at))
        at.forEach((item) => {
          walk(item, step ? [step, ...more] : [])
        })
      else if (step && typeof at === 'object' && at !== null) {
        const next = (at as Json)[keyOf(step, pick, index)]
        if (next == null) return
        const group =
          marks.get(`${step.type}.${step.field}`) ??
          (step.type === 'Kandidaat' && step.field === 'id' ? 'kandidaten' : undefined)
        if (group !== undefined) groups.add(group)
        walk(next, more)
      }
    }
    walk(value, leaves[pick.leaf] ?? [])
  })
  return [...groups].sort()
}

void t.test(
  'the records of an answer match its content exactly, for any selection, alias, fragment, consumer and door',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { get, post } = await build(t, { simulator: world, env: { ...generous, AUDIT_FILE } })
    const page = (await (await get(`${rest}?aantal=8`)).json()) as { resultaten: { cvId: string }[] }
    const listed = page.resultaten.map(({ cvId }) => cvId)
    const ways = [
      { field: `kandidaat(id: "${person}")`, people: [person], read: (it: unknown) => [it] },
      { field: `kandidaat(id: "${other}")`, people: [other], read: (it: unknown) => [it] },
      { field: `node(id: "Kandidaat:${person}")`, people: [person], read: (it: unknown) => [it] },
      {
        field: 'kandidaten(first: 8)',
        list: 'nodes',
        people: listed,
        read: (it: unknown) => (it as { nodes: unknown[] }).nodes
      },
      {
        field: 'kandidaten(first: 8)',
        list: 'edges { node',
        people: listed,
        read: (it: unknown) => (it as { edges: { node: unknown }[] }).edges.map(({ node }) => node)
      }
    ]
    const picks = fc.array(
      fc.record({
        leaf: fc.nat({ max: leaves.length - 1 }),
        alias: fc.boolean(),
        wrap: fc.constantFrom('none', 'inline', 'named')
      }),
      { minLength: 1, maxLength: 6 }
    ) as fc.Arbitrary<Picked[]>
    let asked = 0
    await fc.assert(
      fc.asyncProperty(
        picks,
        fc.constantFrom(...ways),
        fc.constantFrom('demo-hr', 'demo-cv', 'demo-beheer', 'demo-frontend'),
        async (picked, { field, list, people, read }, key) => {
          const { selection, fragments } = write(picked)
          const typed = `... on Kandidaat { ${selection} }`
          const text = `{ it: ${field} { ${list === undefined ? typed : `${list} { ${typed} }${list.includes('{') ? ' }' : ''}`} } } ${fragments}`
          asked += 1
          const requestId = `property-${asked}`
          const { data, errors = [] } = (await (
            await post({ query: text }, { key, headers: { 'x-request-id': requestId } })
          ).json()) as { data?: { it?: unknown } | null; errors?: { extensions: Json }[] }
          if (errors.some(({ extensions }) => extensions['code'] !== 'FORBIDDEN'))
            throw new Error(`${text}: ${JSON.stringify(errors)}`)
          const items = data?.it == null ? [] : read(data.it)
          const expected = Object.fromEntries(
            items
              .map((item, index) => [people[index] ?? '', groupsIn(item, picked)] as const)
              .filter(([, groups]) => groups.length > 0)
          )
          const recorded = seenIn(AUDIT_FILE, requestId)
          const sorted = (of: object) => JSON.stringify(Object.entries(of).sort())
          if (sorted(recorded) !== sorted(expected))
            throw new Error(`${key} ${text}\n${sorted(recorded)} is not\n${sorted(expected)}`)
        }
      ),
      { numRuns: 250 }
    )
    t.ok(recordsIn(AUDIT_FILE).length > 100)
  }
)

void t.test('lists, feeds and batches write one record per person and answer', async (t) => {
  const AUDIT_FILE = auditFile()
  const { get, post } = await build(t, { simulator: world, env: { ...generous, AUDIT_FILE } })
  const span = 'van=2026-02-13T12:00:00.000Z&tot=2026-02-14T12:00:00.000Z'
  for (const [path, requestId] of [
    [`${rest}?aantal=5`, 'search'],
    [`${rest}/bulk?${span}`, 'bulk']
  ] as const) {
    const { resultaten } = (await (await get(path, { headers: { 'x-request-id': requestId } })).json()) as {
      resultaten: { cvId: string }[]
    }
    t.same(
      seenIn(AUDIT_FILE, requestId),
      Object.fromEntries(resultaten.map(({ cvId }) => [cvId.toLowerCase(), ['kandidaten']])),
      requestId
    )
  }
  t.equal(Object.keys(seenIn(AUDIT_FILE, 'search')).length, 5)
  const batch = (await (
    await post(
      [
        {
          query: `query A { kandidaat(id: "${person}") { natuurlijkPersoon { voornaam } } b: kandidaat(id: "${person}") { cvId } }`
        },
        { query: `query B { kandidaat(id: "${person}") { natuurlijkPersoon { email } } }` },
        {
          query:
            'query C { kandidaatWijzigingen(van: "2026-02-13T12:00:00Z", tot: "2026-02-14T12:00:00Z", first: 3) { nodes { cvId kandidaat { natuurlijkPersoon { email } } } } }'
        }
      ],
      { headers: { 'x-request-id': 'batch' } }
    )
  ).json()) as unknown[]
  const of = recordsIn(AUDIT_FILE).filter(({ requestId }) => requestId === 'batch')
  t.same(
    of.filter(({ deur }) => deur === 'GraphQL A').map(({ cvId, groepen }) => [cvId, groepen]),
    [[person, ['kandidaten', 'kandidaten:identiteit']]]
  )
  t.same(
    of.filter(({ deur }) => deur === 'GraphQL B').map(({ cvId, groepen }) => [cvId, groepen]),
    [[person, ['kandidaten:contact']]]
  )
  const { nodes } = (batch[2] as { data: { kandidaatWijzigingen: { nodes: { cvId: string }[] } } }).data
    .kandidaatWijzigingen
  t.same(
    [...new Set(of.filter(({ deur }) => deur === 'GraphQL C').map(({ cvId }) => cvId))].sort(),
    [...new Set(nodes.map(({ cvId }) => cvId))].sort()
  )
})

void t.test('a person without an id is not shown, because it cannot be recorded', async (t) => {
  const { get, query } = await buildBefore(t, (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"aantal":1,"resultaten":[{"cvId":7,"status":"proef","gewensteJob":{"functies":[]}}]}')
  )
  t.same(await (await get(rest)).json(), { aantal: 1, resultaten: [{}] })
  t.match(
    await query(
      '{ kandidaatWijzigingen(van: "2026-02-13T12:00:00Z", tot: "2026-02-14T12:00:00Z") { nodes { status } } }'
    ),
    { data: { kandidaatWijzigingen: { nodes: [{ status: null }] } } }
  )
  const { data, errors } = await query('{ kandidaten { nodes { id } } }')
  t.match(
    [data, errors],
    [
      { kandidaten: { nodes: [null] } },
      [{ path: ['kandidaten', 'nodes', 0, 'id'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]
    ],
    'the id is not nullable, so the whole person is null'
  )
})

void t.test(
  'when the record cannot be written, only the personal answer is refused, and service resumes once writing works',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { get, post, query } = await build(t, { simulator: world, env: { ...generous, AUDIT_FILE } })
    const refused = async (why: string) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => get(`${rest}/${person}`)))
      t.same(
        answers.map(({ status, headers }) => [status, headers.get('retry-after')]),
        answers.map(() => [503, '30']),
        why
      )
      t.match(await answers[0]?.json(), { code: 'INTERNAL', moreInformation: /could not be put on record/ })
      const graphql = await post({ query: `{ kandidaat(id: "${person}") { cvId } }` })
      const text = await graphql.text()
      t.match([graphql.status, text], [503, /could not be put on record/])
      t.notOk(text.includes(person))
      t.match(
        await (
          await post([
            { query: `{ kandidaat(id: "${person}") { cvId } }` },
            { query: `{ vacature(id: "${vacature}") { id } }` }
          ])
        ).json(),
        [{ data: undefined, errors: [{}] }, { data: { vacature: {} } }],
        'only that operation of a batch is refused'
      )
      t.match(await query(`{ vacature(id: "${vacature}") { id sollicitatieprocedure { contactpersoon { naam } } } }`), {
        data: { vacature: {} },
        errors: undefined
      })
      t.equal((await get('/services/openservices/v2/vacatures')).status, 200)
    }
    const accepted = async (requestId: string) => {
      t.equal((await get(`${rest}/${person}`, { headers: { 'x-request-id': requestId } })).status, 200, requestId)
      t.same(seenIn(AUDIT_FILE, requestId), { [person]: every })
    }
    rmSync(AUDIT_FILE)
    mkdirSync(AUDIT_FILE)
    await refused('a directory has its name')
    rmdirSync(AUDIT_FILE)
    await accepted('recovered')
    unlinkSync(AUDIT_FILE)
    symlinkSync('/dev/full', AUDIT_FILE)
    await refused('the file is a full device')
    unlinkSync(AUDIT_FILE)
    await accepted('recovered-again')
    const folder = dirname(AUDIT_FILE)
    renameSync(folder, `${folder}-moved`)
    writeFileSync(folder, '')
    await refused('its folder is a file')
    rmSync(folder)
    await accepted('recovered-once-more')
    renameSync(AUDIT_FILE, `${AUDIT_FILE}.moved-by-others`)
    await accepted('made-anew-after-others-moved-it')
  }
)

void t.test(
  'the number of different CVs per consumer and day is limited; repeated reads are free, and the count restarts the next day',
  async (t) => {
    const clock = { now: Date.parse('2026-02-13T23:00:00Z') }
    const { get, query, post } = await build(t, { simulator: world, now: () => clock.now, env: { CVS_PER_DAY: '2' } })
    const [third = ''] = (
      (await (await get(`${rest}?aantal=1&vanaf=9`, { key: 'demo-cv' })).json()) as { resultaten: { cvId: string }[] }
    ).resultaten.map(({ cvId }) => cvId)
    const status = async (cvId: string, key = 'demo-hr') => (await get(`${rest}/${cvId}`, { key })).status
    t.same([await status(person), await status(other), await status(person)], [200, 200, 200])
    const answer = await get(`${rest}/${third}`, { key: 'demo-hr' })
    t.equal(answer.headers.get('retry-after'), '3600')
    t.match(
      [answer.status, await answer.json()],
      [429, { code: 'RATE_LIMITED', moreInformation: /More than 2 different CVs in a day/ }]
    )
    const graphql = await post({ query: '{ kandidaten(first: 5) { nodes { id } } }' }, { key: 'demo-hr' })
    t.match(
      [graphql.status, graphql.headers.get('retry-after'), await graphql.json()],
      [429, '3600', { errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 3600 } }] }]
    )
    t.same(
      [await status(other), await status(third, 'demo-beheer')],
      [200, 200],
      'known CVs and other consumers are not limited'
    )
    t.match(await query(`{ vacature(id: "${vacature}") { id } }`, {}, 'demo-hr'), { data: { vacature: {} } })
    clock.now += 3_600_000
    t.equal(await status(third), 200)
  }
)

void t.test('a consumer may have its own daily quota', async (t) => {
  const { get } = await build(t, { simulator: world, env: { CONSUMERS_FILE: consumers({ limits: { cvsPerDay: 1 } }) } })
  t.same(
    [
      (await get(`${rest}/${person}`, { key: 'team-key' })).status,
      (await get(`${rest}/${other}`, { key: 'team-key' })).status
    ],
    [200, 429]
  )
})

type Page = { vanaf: number; resultaten: AuditRecord[]; volgende: number | null }
const sawOf = async (get: (path: string) => Promise<Response>, cvId: string, query = '') =>
  (await (await get(`/api/audit/kandidaten/${cvId}${query}`)).json()) as Page

void t.test('only beheer can query who saw a person, over rotated files, oldest first, in pages', async (t) => {
  const AUDIT_FILE = auditFile()
  const { get } = await build(t, {
    simulator: { vacatures: 20, kandidaten: 200 },
    env: { ...generous, AUDIT_FILE, AUDIT_MAX_MB: '1' }
  })
  t.same(
    await sawOf(get, person),
    { vanaf: 0, resultaten: [], volgende: null },
    'there are no results before the first record'
  )
  for (let round = 0; round < 30; round += 1)
    await get(`${rest}?aantal=200`, { headers: { 'x-request-id': `round-${round}`, 'x-doel': 'd'.repeat(100) } })
  t.ok(
    readdirSync(dirname(AUDIT_FILE)).filter((name) => name.startsWith(basename(AUDIT_FILE))).length > 1,
    'the file was rotated'
  )
  const cvId = person.toUpperCase()
  const expected = Array.from({ length: 30 }, (_, round) => `round-${round}`)
  t.same(
    (await sawOf(get, cvId)).resultaten.map(({ requestId }) => requestId),
    expected
  )
  const paged: string[] = []
  for (let vanaf: number | null = 0; vanaf !== null;) {
    const { resultaten, volgende }: Page = await sawOf(get, cvId, `?vanaf=${vanaf}&aantal=7`)
    paged.push(...resultaten.map(({ requestId }) => requestId))
    vanaf = volgende
  }
  t.same(paged, expected)
  t.same(
    await sawOf(get, person, '?vanaf=23&aantal=7').then(({ volgende }) => volgende),
    null,
    'a full last page has no next page'
  )
  t.same(
    await sawOf(get, other.replace('2', '9')),
    { vanaf: 0, resultaten: [], volgende: null },
    'a person that nobody read has no results'
  )
  const answer = await get(`/api/audit/kandidaten/${person}`)
  t.same(
    [answer.headers.get('transfer-encoding'), answer.headers.get('cache-control')],
    ['chunked', 'private, no-store'],
    'the answer is streamed'
  )
  for (const key of ['demo-hr', 'demo-cv', 'demo-frontend'])
    t.equal((await get(`/api/audit/kandidaten/${person}`, { key })).status, 403, key)
  for (const path of [
    'x',
    '..%2f..%2fetc%2fpasswd',
    `${person}x`,
    `${person}?vanaf=-1`,
    `${person}?aantal=0`,
    `${person}?aantal=1001`,
    `${person}?aantal=1&aantal=2`
  ]) {
    const refusal = await get(`/api/audit/kandidaten/${path}`)
    t.match([refusal.status, await refusal.json()], [400, { code: 'BAD_USER_INPUT' }], path)
  }
})

void t.test(
  'an answer without personal data writes no record and does not count, also where a read failed or a value was hidden',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { query, simulator } = await build(t, { simulator: world, env: { AUDIT_FILE, CVS_PER_DAY: '1' } })
    await simulator.faults({ endpoint: 'GET /vacatures', status: 500 })
    t.match(await query(`{ a: kandidaat(id: "${person}") { cvId } vacatures { totaal } }`), {
      data: null,
      errors: [{}]
    })
    t.same(recordsIn(AUDIT_FILE), [])
    t.match(
      await query(`{ kandidaat(id: "${other}") { cvId } }`),
      { data: { kandidaat: { cvId: other } } },
      'the daily limit is not used up'
    )
    const odd = auditFile()
    const before = await buildBefore(
      t,
      (_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            cvId: person,
            status: ['proef'],
            wijzigingsDatum: 'proef',
            opleidingen: [{ cvId: 'somebody else', info: 'i' }]
          })
        ),
      { AUDIT_FILE: odd }
    )
    for (const round of [1, 2, 3])
      t.match(
        await before.query(`{ kandidaat(id: "${person}") { status wijzigingsDatum } }`),
        { data: { kandidaat: { status: null, wijzigingsDatum: null } } },
        String(round)
      )
    t.same(recordsIn(odd), [])
    await before.query(`{ kandidaat(id: "${person}") { opleidingen { info } } }`)
    t.same(
      recordsIn(odd).map(({ cvId }) => cvId),
      [person],
      'a read of a branch without an id is recorded for its person'
    )
  }
)

void t.test(
  'a reader misses no record while the file is rotated, and a folder next to the file does no harm',
  async (t) => {
    const AUDIT_FILE = auditFile()
    const { get } = await build(t, {
      simulator: { vacatures: 20, kandidaten: 200 },
      env: { ...generous, AUDIT_FILE, AUDIT_MAX_MB: '1' }
    })
    mkdirSync(`${AUDIT_FILE}.aside`)
    let isOver = false
    const writing = (async () => {
      for (let round = 0; round < 60; round += 1)
        await (
          await get(`${rest}?aantal=200`, { headers: { 'x-request-id': `round-${round}`, 'x-doel': 'd'.repeat(190) } })
        ).text()
      isOver = true
    })()
    let answers = 0
    while (!isOver) {
      const { resultaten } = await sawOf(get, person, '?aantal=1000')
      t.same(
        resultaten.map(({ requestId }) => requestId),
        resultaten.map((_, round) => `round-${round}`)
      )
      answers += 1
    }
    await writing
    t.ok(answers > 3, `${answers} answers`)
    t.ok(readdirSync(dirname(AUDIT_FILE)).length > 3, 'the file was rotated')
  }
)

void t.test('the file and its folder are created at the start, readable by their owner only', async (t) => {
  const AUDIT_FILE = join(dirname(auditFile()), 'new', 'audit.ndjson')
  const { get } = await build(t, { simulator: world, env: { AUDIT_FILE } })
  await until(
    'the policy is in it',
    () => existsSync(AUDIT_FILE) && readFileSync(AUDIT_FILE, 'utf8').includes('beleid')
  )
  t.equal((await get(`${rest}/${person}`)).status, 200)
  t.equal(statSync(AUDIT_FILE).mode & 0o777, 0o600)
})

void t.test('each local day has its own file, named by the time of its rotation', async (t) => {
  const AUDIT_FILE = auditFile()
  const clock = { now: new Date(2026, 1, 13, 23, 59, 59, 999).getTime() }
  const { get } = await build(t, { simulator: world, now: () => clock.now, env: { AUDIT_FILE } })
  const read = async (requestId: string) => get(`${rest}/${person}`, { headers: { 'x-request-id': requestId } })
  await read('before')
  clock.now += 1
  await Promise.all([read('after'), read('too')])
  const rotated = `${AUDIT_FILE}.${new Date(clock.now).toISOString().replace(/[:.]/g, '-')}.1`
  t.same(
    readdirSync(dirname(AUDIT_FILE)).sort(),
    [AUDIT_FILE, rotated].map((name) => basename(name))
  )
  t.same(
    [rotated, AUDIT_FILE].map((file) =>
      recordsIn(file)
        .map(({ requestId }) => requestId)
        .sort()
    ),
    [['before'], ['after', 'too']]
  )
  t.equal(statSync(AUDIT_FILE).mode & 0o777, 0o600)
})

void t.test(
  'a complete record without its line break is kept, and a partial one is removed before the first read of a person',
  async (t) => {
    for (const [left, kept] of [
      [JSON.stringify({ time: '', cvId: person, requestId: 'whole' }), ['before', 'whole']],
      ['{"time":"2026', ['before']]
    ] as const) {
      const AUDIT_FILE = auditFile()
      writeFileSync(AUDIT_FILE, `${JSON.stringify({ cvId: person, requestId: 'before' })}\n${left}`)
      const { get } = await build(t, { simulator: world, env: { AUDIT_FILE } })
      while (!readFileSync(AUDIT_FILE, 'utf8').endsWith('\n')) await new Promise(setImmediate)
      t.same(
        recordsIn(AUDIT_FILE).map(({ requestId }) => requestId),
        kept
      )
      await get(`${rest}/${person}`, { headers: { 'x-request-id': 'after' } })
      t.same(
        recordsIn(AUDIT_FILE).map(({ requestId }) => requestId),
        [...kept, 'after']
      )
    }
  }
)

void t.test('a partial line of a killed process does not corrupt other records', async (t) => {
  const AUDIT_FILE = auditFile()
  writeFileSync(AUDIT_FILE, `${JSON.stringify({ cvId: person, requestId: 'before' })}\n`)
  appendFileSync(AUDIT_FILE, `{"time":"2026","cvId":"${person}","requ`)
  const { get } = await build(t, { simulator: world, env: { AUDIT_FILE } })
  await get(`${rest}/${person}`, { headers: { 'x-request-id': 'after' } })
  t.same(
    (await sawOf(get, person)).resultaten.map(({ requestId }) => requestId),
    ['before', 'after']
  )
})

void t.test('only beheer can erase a person from the cache, with immediate effect', async (t) => {
  const { url, get, query, simulator } = await build(t, { simulator: world })
  const forget = (path: string, key = 'demo-beheer') =>
    fetch(`${url}/api/kandidaten/${path}/cache`, { method: 'DELETE', headers: { 'x-api-key': key } })
  const callsFor = async (ask: () => Promise<unknown>) => {
    await simulator.reset()
    await ask()
    return (await simulator.calls()).total
  }
  const detail = () => get(`${rest}/${person}`)
  const list = () => query('{ kandidaten(first: 3) { nodes { id } } }')
  t.same([await callsFor(detail), await callsFor(detail), await callsFor(list), await callsFor(list)], [1, 0, 1, 0])
  t.equal((await forget(person, 'demo-hr')).status, 403)
  t.equal(await callsFor(detail), 0)
  t.equal((await forget(person.toUpperCase())).status, 204)
  t.same([await callsFor(detail), await callsFor(list)], [1, 1], 'the person is erased from every list too')
  const asJson = await fetch(`${url}/api/kandidaten/${person}/cache`, {
    method: 'DELETE',
    headers: { 'x-api-key': 'demo-beheer', 'content-type': 'application/json' }
  })
  t.equal(asJson.status, 204, 'a request with a JSON content type and no body is accepted')
  for (const path of ['..%2f..%2fetc', 'x', '%2e%2e%2f', '__proto__']) {
    const answer = await forget(path)
    t.match([answer.status, await answer.json()], [400, { code: 'BAD_USER_INPUT' }], path)
  }
})

/** The command itself, in a separate process, with a simulator in this process. */
const run = async (t: { teardown(done: () => Promise<unknown>): void }, env: Record<string, string>) => {
  const simulator = createSimulator({ vacatures: 20, kandidaten: 300 })
  const VDAB_URL = await simulator.listen()
  t.teardown(() => simulator.close())
  const child = spawn(process.execPath, ['--import=tsx', 'src/cli.ts'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { PATH: process.env['PATH'], HOME: tmpdir(), VDAB_URL, VDAB_API_KEY: 'any', PORT: '0', ...generous, ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = new Promise((resolve) => {
    child.once('exit', resolve)
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const lines: string[] = []
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const [, address] = /"msg":"the gateway listens on ([^" ]+)/.exec(line) ?? []
      if (address !== undefined) resolve(address)
    })
  })
  const get = (path: string, requestId: string) =>
    fetch(`${url}${path}`, { headers: { 'x-api-key': 'demo-beheer', 'x-doel': 'a test', 'x-request-id': requestId } })
  return { child, ended, lines, get }
}

void t.test('without a file the records go to stdout, marked as such, and cannot be queried', async (t) => {
  const { get, lines } = await run(t, {})
  await (await get(`${rest}/${person}`, 'seen')).text()
  const records = lines.map((line) => JSON.parse(line) as Json).filter((line) => line['audit'] === true)
  t.match(records, [
    { audit: true, soort: 'begin', nr: 1 },
    { audit: true, soort: 'beleid', nr: 2 },
    { audit: true, cvId: person, requestId: 'seen', groepen: every, nr: 3 }
  ])
  t.equal(new Set(records.map(({ keten }) => keten)).size, 1)
  t.match(await (await get(`/api/audit/kandidaten/${person}`, 'asked')).json(), {
    code: 'NOT_FOUND',
    detail: /AUDIT_FILE/
  })
})

void t.test('after a kill during 1,000 reads of persons, every answer that was sent has its record', async (t) => {
  const AUDIT_FILE = auditFile()
  const { child, ended, get } = await run(t, { AUDIT_FILE })
  const people = (
    (await (await get(`${rest}?aantal=200`, 'list')).json()) as { resultaten: { cvId: string }[] }
  ).resultaten.map(({ cvId }) => cvId)
  const left = new Map<string, string>()
  let next = 0
  const worker = async () => {
    while (next < 1000) {
      const index = next
      next += 1
      const cvId = people[index % people.length] ?? ''
      const answer = await get(`${rest}/${cvId}`, `read-${index}`)
      if (answer.status === 200) left.set(`read-${index}`, cvId) // its headers arrived, so it was sent
      await answer.text()
      if (left.size >= 400) child.kill('SIGKILL')
    }
  }
  await Promise.allSettled(Array.from({ length: 25 }, worker))
  await ended
  const recorded = new Map(
    readFileSync(AUDIT_FILE, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          const { requestId, cvId } = JSON.parse(line) as AuditRecord
          return [[requestId, cvId] as const]
        } catch {
          return []
        }
      })
  )
  t.ok(left.size >= 400 && left.size < 1000, `${left.size} answers were sent before the kill`)
  t.same(
    [...left].filter(([requestId, cvId]) => recorded.get(requestId) !== cvId),
    []
  )
})

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSchema, getNamedType, isListType, isObjectType } from 'graphql'
import type { GraphQLObjectType, GraphQLOutputType } from 'graphql'
import t from 'tap'
import type * as Tap from 'tap'
import { protect } from '../../src/access/persoonsgegevens.ts'
import { breaches, isLink, markedFields } from '../../src/schema/policy.ts'
import { readSchema, readSdl } from '../../src/schema/index.ts'
import { sha256 } from '../../src/access/consumers.ts'
import { build, buildBefore, withoutCost } from '../helper.ts'
import type { Built } from '../helper.ts'
import { connect, listen } from '../live/live.ts'
import type { Payload } from '../live/live.ts'

const schema = readSchema()
const marks = new Map(markedFields(schema).map(({ type, field, scope }) => [`${type.name}.${field.name}`, scope]))
const keys = ['demo-hr', 'demo-cv', 'demo-frontend', 'demo-beheer']
const scopesOf: Readonly<Record<string, readonly string[]>> = {
  'demo-hr': ['vacatures', 'vacatures:contact', 'kandidaten', 'kandidaten:identiteit', 'kandidaten:contact'],
  'demo-cv': ['vacatures', 'kandidaten'],
  'demo-frontend': ['vacatures'],
  'demo-beheer': [
    'vacatures',
    'vacatures:contact',
    'kandidaten',
    'kandidaten:identiteit',
    'kandidaten:contact',
    'beheer'
  ]
}
const whole = {
  Vacature: 'aaaaaaaa-0000-4000-8000-000000000001',
  Kandidaat: 'bbbbbbbb-0000-4000-8000-000000000001'
} as const
const types = ['Vacature', 'Kandidaat'] as const

/** A file with one consumer that has every scope, for a VDAB that does not accept the demo consumers. */
const consumersWithAll = () => {
  const path = join(mkdtempSync(join(tmpdir(), 'consumers-')), 'consumers.json')
  writeFileSync(
    path,
    JSON.stringify([{ name: 'all', sha256: [sha256('all-key'), sha256('team-key')], scopes: scopesOf['demo-beheer'] }])
  )
  return path
}

/**
 * Every leaf below a type, as a path of fields, with the scopes that its path needs. Generated, so that it covers new
 * fields. Links to other records have their own tests (test/enrichment/passend.test.ts).
 */
type Leaf = { path: readonly string[]; scopes: readonly string[]; selection: string }
const leavesOf = (type: GraphQLObjectType, path: readonly string[] = [], scopes: readonly string[] = []): Leaf[] =>
  Object.values(type.getFields()).flatMap((field) => {
    if (isLink(field)) return []
    const next = getNamedType(field.type)
    const scope = marks.get(`${type.name}.${field.name}`)
    const way = [...path, field.name]
    const needed = scope === undefined ? scopes : [...scopes, scope]
    if (isObjectType(next) && next.getInterfaces().length > 0) return [] // it is covered under its own type
    if (isObjectType(next)) return leavesOf(next, way, needed)
    return [
      {
        path: way,
        scopes: needed,
        selection: way.reduceRight((inner, name) => (inner === '' ? name : `${name} { ${inner} }`), '')
      }
    ]
  })
const leaves = Object.fromEntries(
  types.map((name) => [name, leavesOf(schema.getType(name) as GraphQLObjectType)])
) as Record<(typeof types)[number], Leaf[]> // both are object types of this schema
const valuesAt = (value: unknown, [first, ...rest]: readonly string[]): unknown[] =>
  Array.isArray(value)
    ? value.flatMap((item) => valuesAt(item, first === undefined ? [] : [first, ...rest]))
    : first === undefined
      ? value == null
        ? []
        : [value]
      : typeof value === 'object' && value !== null
        ? valuesAt((value as Record<string, unknown>)[first], rest)
        : []

type Type = (typeof types)[number]
const doors: Record<string, (type: Type, selection: string) => string> = {
  plain: (type, selection) => `{ it: ${type.toLowerCase()}(id: "${whole[type]}") { ${selection} } }`,
  fragments: (type, selection) =>
    `{ it: ${type.toLowerCase()}(id: "${whole[type]}") { ...on ${type} { ...Deep } } } fragment Deep on ${type} { ${selection} }`,
  node: (type, selection) => `{ it: node(id: "${type}:${whole[type]}") { ... on ${type} { ${selection} } } }`
}

void t.test(
  'every personal field at every GraphQL door is visible with its scope, and is null and named in the answer without it',
  async (t) => {
    const { query } = await build(t, {
      env: { REQUESTS_PER_MINUTE: '100000' },
      simulator: { vacatures: 20, kandidaten: 20 }
    })
    for (const type of types) {
      const everything = leaves[type].map(({ selection }) => selection).join(' ')
      const full = ((await query(doors['plain']?.(type, everything) ?? '', {}, 'demo-hr')).data as { it: unknown }).it
      for (const key of keys) {
        for (const [door, write] of Object.entries(doors)) {
          const { data, extensions, errors = [] } = await query(write(type, everything), {}, key)
          if (type === 'Kandidaat' && key === 'demo-frontend') {
            t.same(
              [(data as { it?: unknown } | null)?.it ?? null, errors.map((error) => error.extensions['code'])],
              [null, ['FORBIDDEN']]
            )
            continue
          }
          const hidden = (extensions?.['verborgen'] ?? []) as string[]
          for (const { path, scopes } of leaves[type]) {
            const mayBeSeen = scopes.every((scope) => scopesOf[key]?.includes(scope))
            const shown = valuesAt((data as { it: unknown }).it, path)
            t.same(shown, mayBeSeen ? valuesAt(full, path) : [], `${key} ${door} ${type}.${path.join('.')}`)
            const isNowhere = valuesAt(full, path.slice(0, -1)).length === 0
            t.ok(
              mayBeSeen || isNowhere || hidden.some((place) => `it.${path.join('.')}`.startsWith(place)),
              `${path.join('.')} is named as hidden if its parent exists`
            )
          }
          t.equal(new Set(hidden).size, hidden.length, 'each path is listed once')
        }
      }
    }
  }
)

/** Checks the policy on one answer, whose object is at `it`, or at `it.` and a name for longer paths. */
const judge = (
  t: Tap.Test,
  {
    type,
    key,
    full,
    payload: { data, errors = [], extensions },
    way
  }: { type: Type; key: string; full: unknown; payload: Payload; way: readonly string[] }
) => {
  if (type === 'Kandidaat' && key === 'demo-frontend') {
    t.same([valuesAt(data, way), errors.map((error) => error.extensions['code'])], [[], ['FORBIDDEN']])
    return
  }
  const hidden = (extensions?.['verborgen'] ?? []) as string[]
  for (const { path, scopes } of leaves[type]) {
    const mayBeSeen = scopes.every((scope) => scopesOf[key]?.includes(scope))
    t.same(valuesAt(data, [...way, ...path]), mayBeSeen ? valuesAt(full, path) : [], `${key} ${type}.${path.join('.')}`)
    if (!mayBeSeen && valuesAt(full, path.slice(0, -1)).length > 0)
      t.ok(
        hidden.some((place) => [...way, ...path].join('.').startsWith(place)),
        `${path.join('.')} is named as hidden`
      )
  }
  t.equal(new Set(hidden).size, hidden.length, 'each path is listed once')
}

/**
 * Sends an operation over the doors that stay open; a subscription starts before the change, and its event is read
 * after.
 */
const liveDoors: Record<string, (gateway: Built, key: string, query: string) => Promise<() => Promise<Payload>>> = {
  websocket: async (gateway, key, query) => {
    const answer = (await connect(gateway, { key })).ask(query)
    return async () => {
      const { type, payload } = await answer
      return (type === 'error' ? { errors: payload } : payload) as Payload
    }
  },
  'event stream': async (gateway, key, query) => (await listen(gateway, { query }, { key })).payload
}

void t.test('the same policy applies over WebSocket and SSE, for queries and subscriptions', async (t) => {
  const gateway = await build(t, {
    env: { REQUESTS_PER_MINUTE: '100000', FEED_INTERVAL_MS: '3600000', FEED_OVERLAP_MS: '0' },
    simulator: { vacatures: 20, kandidaten: 20 }
  })
  for (const type of types) {
    const name = type.toLowerCase()
    const everything = leaves[type].map(({ selection }) => selection).join(' ')
    const asked: { key: string; way: string[]; door: string; hear: () => Promise<Payload> }[] = []
    for (const key of keys) {
      for (const [door, ask] of Object.entries(liveDoors)) {
        asked.push({ key, door, way: ['it'], hear: await ask(gateway, key, doors['plain']?.(type, everything) ?? '') })
        asked.push({
          key,
          door: `${door}, followed`,
          way: ['it', name],
          hear: await ask(gateway, key, `subscription { it: ${name}Gewijzigd { ${name} { ${everything} } } }`)
        })
      }
    }
    const answers = await Promise.all(
      asked
        .filter(({ way }) => way.length === 1)
        .map(async (one) => ({ ...one, payload: withoutCost(await one.hear()) }))
    )
    const fullBefore = (
      (await gateway.query(doors['plain']?.(type, everything) ?? '', {}, 'demo-hr')).data as { it: unknown }
    ).it
    await gateway.simulator.patch(`${type === 'Vacature' ? 'vacatures' : 'kandidaten'}/${whole[type]}`, { extra: 1 })
    await gateway.poll()
    const events = await Promise.all(
      asked.filter(({ way }) => way.length === 2).map(async (one) => ({ ...one, payload: await one.hear() }))
    )
    const fullAfter = (
      (await gateway.query(doors['plain']?.(type, everything) ?? '', {}, 'demo-hr')).data as { it: unknown }
    ).it
    for (const { key, way, payload, door } of [...answers, ...events]) {
      await t.test(`${door}: ${type} for ${key}`, async (t) =>
        judge(t, { type, key, full: way.length === 1 ? fullBefore : fullAfter, payload, way })
      )
    }
  }
})

void t.test("the same policy applies to VDAB's JSON, where hidden fields are absent", async (t) => {
  const { get, url } = await build(t, {
    env: { REQUESTS_PER_MINUTE: '100000' },
    simulator: { vacatures: 20, kandidaten: 20 }
  })
  const paths = {
    Vacature: `/services/openservices/v2/vacatures/${whole.Vacature}`,
    Kandidaat: `/services/openservices/v1/kandidaten/${whole.Kandidaat}`
  }
  for (const type of types) {
    const full: unknown = await (await get(paths[type], { key: 'demo-hr' })).json()
    for (const key of keys) {
      const answer = await get(paths[type], { key })
      if (type === 'Kandidaat' && key === 'demo-frontend') {
        t.equal(answer.status, 403)
        continue
      }
      const bodies: unknown[] = [await answer.json()]
      if (type === 'Vacature') {
        const many = await fetch(`${url}/services/openservices/v2/vacatures`, {
          method: 'POST',
          headers: { 'x-api-key': key, 'content-type': 'application/json' },
          body: JSON.stringify([whole.Vacature])
        })
        bodies.push(((await many.json()) as { resultaten: unknown[] }).resultaten[0])
      }
      for (const body of bodies) {
        for (const { path, scopes } of leaves[type]) {
          const mayBeSeen = scopes.every((scope) => scopesOf[key]?.includes(scope))
          t.same(valuesAt(body, path), mayBeSeen ? valuesAt(full, path) : [], `${key} ${type}.${path.join('.')}`)
        }
      }
    }
  }
})

void t.test(
  'unknown new members of a CV are dropped for every consumer, at any depth; those of a vacancy are passed on',
  async (t) => {
    const { get, simulator } = await build(t)
    await simulator.patch(`kandidaten/${whole.Kandidaat}`, {
      nieuw: 'proef',
      natuurlijkPersoon: { rijksregisternummer: 'proef' },
      ervaringen: [{ type: 'werkervaring', loon: 'proef' }],
      status: { nu: 'proef' }
    })
    await simulator.patch(`vacatures/${whole.Vacature}`, {
      nieuw: 'morgen',
      sollicitatieprocedure: { contactpersoon: { privenummer: 'proef' } }
    })
    const kandidaat = (await (await get(`/services/openservices/v1/kandidaten/${whole.Kandidaat}`)).json()) as Record<
      string,
      unknown
    >
    t.notOk(
      'nieuw' in kandidaat ||
        'status' in kandidaat ||
        'rijksregisternummer' in (kandidaat['natuurlijkPersoon'] as object)
    )
    t.same(kandidaat['ervaringen'], [{ type: 'werkervaring' }])
    const vacature = (await (await get(`/services/openservices/v2/vacatures/${whole.Vacature}`)).json()) as {
      nieuw: string
      sollicitatieprocedure: { contactpersoon: object }
    }
    t.equal(vacature.nieuw, 'morgen')
    t.match(
      await (await get('/health/ready')).json(),
      { dropped: { Kandidaat: 2, NatuurlijkPersoon: 1, Werkervaring: 1, Contactpersoon: 1 } },
      'dropped members are counted'
    )
    t.notOk(
      'privenummer' in vacature.sollicitatieprocedure.contactpersoon,
      'unknown members of a contact person are dropped too'
    )
  }
)

void t.test(
  'a value that does not match the schema is dropped and counted where it could be personal, at both doors',
  async (t) => {
    const cv = {
      cvId: whole.Kandidaat,
      status: ['proef', [{ naam: 'proef' }]],
      wijzigingsDatum: { op: 'proef' },
      gewensteJob: 'proef',
      persoonlijkeInteresse: { naam: 'proef', adres: { straat: 'proef' } },
      ervaringen: ['proef', { type: 'werkervaring', functieTitel: [{ titel: 'proef' }] }],
      natuurlijkPersoon: { officieelAdres: 'Proefstraat 1', gsm: [{ nummer: 'proef' }], email: { thuis: 'proef' } }
    }
    const vacature = {
      vacatureReferentie: { interneReferentie: whole.Vacature },
      functie: { functieTitel: 'Lasser', jobdomeinen: [{ code: 'JOBCAT03', label: 'Bouw', volgorde: 1 }] },
      sollicitatieprocedure: {
        cvGewenst: true,
        contactpersoon: 'Proefka',
        sollicitatieVia: ['proef'],
        sollicitatieAdres: { straat: 'Proefstraat' },
        recruiter: 'proef'
      }
    }
    const envelope = (items: unknown[]) => ({
      aantal: items.length,
      resultaten: items,
      totaalAantalResultaten: items.length,
      personen: [{ naam: 'proef' }],
      gemaaktDoor: 'proef',
      gsm: 32478000000
    })
    const { get, url } = await buildBefore(
      t,
      (request, response) => {
        const path = new URL(request.url ?? '', 'http://vdab').pathname
        const body = path.endsWith('/kandidaten')
          ? envelope([cv, 'proef', ['proef']])
          : path.includes('/kandidaten/')
            ? cv
            : path.endsWith('/vacatures')
              ? envelope([vacature])
              : vacature
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      },
      { CONSUMERS_FILE: consumersWithAll() }
    )
    const shown = { cvId: whole.Kandidaat, ervaringen: [{ type: 'werkervaring' }], natuurlijkPersoon: {} }
    t.same(await (await get(`/services/openservices/v1/kandidaten/${whole.Kandidaat}`)).json(), shown)
    t.same(await (await get('/services/openservices/v1/kandidaten')).json(), {
      aantal: 3,
      resultaten: [shown, []],
      totaalAantalResultaten: 3
    })
    const open = {
      ...vacature,
      sollicitatieprocedure: { cvGewenst: true, sollicitatieVia: [], sollicitatieAdres: { straat: 'Proefstraat' } }
    }
    t.same(await (await get(`/services/openservices/v2/vacatures/${whole.Vacature}`)).json(), open)
    t.same(
      await (await get('/services/openservices/v2/vacatures')).json(),
      { ...envelope([open]), resultaten: [open] },
      'new members of an envelope of vacancies are passed on'
    )
    t.match(await (await get('/health/ready')).json(), {
      dropped: {
        Kandidaat: Number,
        NatuurlijkPersoon: Number,
        Persoonsadres: Number,
        Werkervaring: Number,
        GewensteJob: Number,
        Contactpersoon: Number,
        SollicitatieVia: Number,
        Sollicitatieprocedure: Number
      }
    })
    const query = `{ kandidaat(id: "${whole.Kandidaat}") { cvId status wijzigingsDatum persoonlijkeInteresse gewensteJob { functies { titel } } ervaringen { type functieTitel } natuurlijkPersoon { gsm email officieelAdres { straat } } } vacature(id: "${whole.Vacature}") { sollicitatieprocedure { contactpersoon { naam } sollicitatieVia { email } } } }`
    for (const round of ['first', 'second', 'third']) {
      const answer = await (
        await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'x-api-key': 'all-key', 'x-doel': 'a test', 'content-type': 'application/json' },
          body: JSON.stringify({ query })
        })
      ).text()
      t.notOk(/proef|INTERNAL/i.test(answer), `${round}: ${answer}`)
      t.match(
        answer,
        /"verborgen":\["kandidaat.status","kandidaat.wijzigingsDatum","kandidaat.persoonlijkeInteresse"/,
        'a value that does not match the schema is hidden for every consumer'
      )
    }
  }
)

void t.test('a query that selects hidden fields only is still answered', async (t) => {
  const { query } = await build(t)
  t.same(
    await query(
      `{ kandidaat(id: "${whole.Kandidaat}") { natuurlijkPersoon { a: email b: voornaam } } }`,
      {},
      'demo-cv'
    ),
    {
      data: { kandidaat: { natuurlijkPersoon: { a: null, b: null } } },
      extensions: { verborgen: ['kandidaat.natuurlijkPersoon.a', 'kandidaat.natuurlijkPersoon.b'] }
    }
  )
})

void t.test('a hidden path is listed once in every answer, for any number of items', async (t) => {
  const { query } = await build(t)
  for (let round = 0; round < 3; round += 1) {
    const { extensions } = await query(
      '{ kandidaten(first: 20) { nodes { natuurlijkPersoon { email } } } }',
      {},
      'demo-cv'
    )
    t.same(extensions, { verborgen: ['kandidaten.nodes.natuurlijkPersoon.email'] })
  }
})

void t.test(
  'the start fails and names the field when a personal field has no directive or a marked field is non-null',
  async (t) => {
    t.same(breaches(schema), [])
    const broken = (from: string, to: string) => buildSchema(readSdl().replace(from, to))
    t.throws(
      () => protect(broken('  gsm: String @persoonsgegeven(scope: "kandidaten:contact")', '  gsm: String')),
      /NatuurlijkPersoon\.gsm bears neither/
    )
    t.throws(
      () => protect(broken('  gsm: String @persoonsgegeven', '  gsm: String! @persoonsgegeven')),
      /NatuurlijkPersoon\.gsm is marked but non-null/
    )
    const isList = (type: GraphQLOutputType) => isListType(type)
    t.ok(
      markedFields(schema).some(({ field }) => isList(field.type)),
      'lists are marked too'
    )
  }
)

void t.test('docs/privacy.md lists every marked field of the schema under its scope', async (t) => {
  const rows = new Map<string, string[]>()
  for (const { type, field, scope } of markedFields(schema)) {
    const row = `| \`${scope}\` | \`${type.name}\` |`
    rows.set(row, [...(rows.get(row) ?? []), `\`${field.name}\``])
  }
  const table = [...rows].map(([row, fields]) => `${row} ${fields.join(' ')} |`).sort()
  const doc = readFileSync(new URL('../../docs/privacy.md', import.meta.url), 'utf8')
  t.same(
    doc.split('\n').filter((line) => /^\| `(kandidaten|vacatures)[^`]*` \| `[A-Z]/.test(line)),
    table
  )
})

void t.test('a CV that VDAB reports as removed appears in no list', async (t) => {
  const { get, simulator } = await build(t)
  const listed = async () =>
    (
      (await (await get('/services/openservices/v1/kandidaten?aantal=200')).json()) as {
        resultaten: { cvId: string }[]
      }
    ).resultaten.some(({ cvId }) => cvId === whole.Kandidaat)
  t.ok(await listed())
  await simulator.remove(`kandidaten/${whole.Kandidaat}`)
  const [van, tot] = [Date.now() - 3_600_000, Date.now() + 1000].map((at) => new Date(at).toISOString())
  await get(`/services/openservices/v1/kandidaten/bulk?van=${van}&tot=${tot}&aantal=2000`)
  t.notOk(await listed())
})

void t.test('a CV that VDAB reports as changed is not served from an older cache entry', async (t) => {
  const { get, simulator } = await build(t)
  const path = `/services/openservices/v1/kandidaten/${whole.Kandidaat}`
  const status = async () => ((await (await get(path)).json()) as { status: string }).status
  const before = await status()
  await simulator.patch(`kandidaten/${whole.Kandidaat}`, { status: 'VERANDERD' })
  t.equal(await status(), before, 'the cached CV is fresh for a minute if no change is known')
  const [van, tot] = [Date.now() - 3_600_000, Date.now() + 1000].map((at) => new Date(at).toISOString())
  await get(`/services/openservices/v1/kandidaten/bulk?van=${van}&tot=${tot}&aantal=2000`)
  t.equal(await status(), 'VERANDERD')
})

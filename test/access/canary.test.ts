import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { createCached } from '../../src/cache/cached.ts'
import { createMemoryTier } from '../../src/cache/memory.ts'
import { readConfig } from '../../src/config/index.ts'
import { createClient } from '../../src/upstream/client.ts'
import { createCredentials } from '../../src/upstream/credentials/index.ts'
import { settingsFor } from '../../src/vdab/embeddedSimulator.ts'
import { createVdab } from '../../src/vdab/lookup.ts'
import { hiddenIn, holds, markIn } from '../canary.ts'
import { build, logged } from '../helper.ts'

/** The folder of all files that this process writes. */
const folder = mkdtempSync(join(tmpdir(), 'canary-'))
process.env['TMPDIR'] = folder
const auditPath = join(folder, 'audit.ndjson')

const { url, post, get, simulator } = await build(t, {
  simulator: { vacatures: 60, kandidaten: 60, date: '2026-02-13' },
  env: {
    REQUESTS_PER_MINUTE: '100000',
    AUDIT_FILE: auditPath,
    ENRICH_JOBPOSTING: 'on',
    VDAB_TIMEOUT_MS: '2000',
    VDAB_HEADERS_TIMEOUT_MS: '1500',
    VDAB_BODY_TIMEOUT_MS: '1500'
  }
})

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
  ],
  nobody: []
}
const cv = 'bbbbbbbb-0000-4000-8000-000000000001'
const vacature = 'aaaaaaaa-0000-4000-8000-000000000001'
const person = `{ cvId iklId natuurlijkPersoon { gsm email achternaam voornaam roepnaam website geslacht nationaliteit geboortedatum
  officieelAdres { straat huisnummer busnummer postcode gemeente } contactAdres { straat huisnummer busnummer } }
  ervaringen { functieTitel werkgever { naam } } opleidingen { info } competenties { naam beschrijving } gewensteJob { functies { titel } }
  plaats { nisCode gemeente postcode provincie coordinaten { breedte lengte } precisie bron }
  gewensteJob { functies { beroep { competent { code } rome { code zekerheid bron } } } } }`
const parts = `beroep { gedeeld { code label } ontbrekend { code } } competenties { gedeeld { code label } ontbrekend { code label } }
  talen { gedeeld { code } ontbrekend { code } } studies { gedeeld { code } ontbrekend { code } }
  rijbewijzen { gedeeld { code } } regio { gedeeld { code } ontbrekend { code } }`
const contact = `{ leverancier { naam } jobPosting functie { omschrijving } sollicitatieprocedure { sollicitatieAdres { straat } contactpersoon { naam aanspreking functie telefoonNummer fax email } sollicitatieVia { email telefoon fax extraInfoProcedure } } }`
const operations = [
  `{ kandidaten(first: 60) { nodes ${person} } }`,
  `{ kandidaat(id: "${cv}") ${person} }`,
  `{ node(id: "Kandidaat:${cv}") { id ... on Kandidaat ${person} } }`,
  `{ kandidaatWijzigingen(van: "2026-02-12T00:00:00Z", tot: "2026-02-13T00:00:00Z") { nodes { kandidaat ${person} } } }`,
  `{ vacatures(first: 60) { nodes ${contact} } }`,
  `{ vacature(id: "${vacature}") ${contact} }`,
  `{ node(id: "Vacature:${vacature}") { ... on Vacature ${contact} } }`,
  `{ vacature(id: "${vacature}") { passendeKandidaten { items { kandidaat ${person} ${parts} } dekking { vergeleken totaal } } } }`,
  `{ kandidaat(id: "${cv}") { passendeVacatures { items { vacature ${contact} ${parts} } dekking { vergeleken totaal } } } }`,
  `{ kandidaat(id: "${cv}") { gewensteJob { functies { beroepsprofiel { vacatures(first: 5) { nodes ${contact} } } } } } }`
]
const paths = [
  '/v1/kandidaten?aantal=50',
  `/v1/kandidaten/${cv}`,
  '/v1/kandidaten/bulk?van=2026-02-12',
  '/v2/vacatures?aantal=50',
  `/v2/vacatures/${vacature}`
]
/** The other forms of a search. */
const forms = [
  '/api/kandidaten.csv?first=60&details=true',
  '/api/vacatures.csv?first=60&details=true',
  '/api/vacatures.atom?first=60',
  '/api/vacatures.feed.json?first=60'
]

const answers: { key: string; text: string }[] = []
const sweep = async (key: string) => {
  const responses = await Promise.all([
    ...operations.map((query) => post({ query }, { key })),
    post(
      operations.map((query) => ({ query })),
      { key }
    ),
    ...operations.map((query) => get(`/graphql?query=${encodeURIComponent(query)}`, { key })),
    ...paths.map((path) => get(`/services/openservices${path}`, { key })),
    fetch(`${url}/services/openservices/v2/vacatures`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify([vacature])
    }),
    ...forms.map((path) => get(path, { key })),
    get(`/api/vacatures/${vacature}`, { key, headers: { accept: 'application/ld+json' } }),
    get(`/api/audit/kandidaten/${cv}`, { key }),
    get('/health/live', { key }),
    get('/health/ready', { key })
  ])
  for (const response of responses) {
    const text = await response.text()
    // Names are found by their quotes, and a cell has none.
    const isCsv = response.headers.get('content-type')?.startsWith('text/csv') === true
    const cells = isCsv ? `\n${JSON.stringify(parse(text))}` : ''
    answers.push({ key, text: `${JSON.stringify([...response.headers])}\n${text}${cells}` })
  }
}

/** One value of each kind of personal data of the simulator, to be sent as invalid input. */
const values: string[] = []
const held = (name: string) =>
  answers.some(({ key, text }) => key === 'demo-hr' && hiddenIn(text, new Set()).includes(name))

t.test('every consumer requests everything at both doors, while VDAB works and during every failure', async (t) => {
  for (const key of Object.keys(scopesOf)) await sweep(key)
  for (const name of [
    'an e-mail address',
    'a phone number',
    'a full name',
    'a name',
    'a birth date',
    'a website',
    "a contact person's title",
    "a CV's words"
  ])
    t.ok(held(name), `a consumer with the scope sees ${name}`)
  const { data } = JSON.parse(await (await post({ query: operations[1] ?? '' }, { key: 'demo-hr' })).text()) as {
    data: { kandidaat: { natuurlijkPersoon: Record<string, unknown> } }
  }
  values.push(
    ...Object.values(data.kandidaat.natuurlijkPersoon)
      .filter((value) => typeof value === 'string' && markIn(value) !== undefined)
      .map(String)
  )
  t.ok(values.length >= 6, 'there are values to send')
  for (const fault of [
    { status: 500 },
    { status: 401 },
    { status: 429, retryAfter: 0 },
    { status: 404 },
    { status: 400 },
    { kind: 'reset' },
    { kind: 'garbage' },
    { kind: 'truncate' },
    { kind: 'hang' },
    { kind: 'slow-body', latencyMs: 4000 }
  ]) {
    await simulator.heal()
    await get(`/api/kandidaten/${cv}/cache`, { key: 'demo-beheer' })
    await fetch(`${url}/api/kandidaten/${cv}/cache`, { method: 'DELETE', headers: { 'x-api-key': 'demo-beheer' } })
    await simulator.faults(fault)
    for (const key of ['demo-hr', 'demo-cv', 'demo-frontend']) await sweep(key)
  }
  await simulator.heal()
  t.ok(
    answers.some(({ text }) => text.includes('UPSTREAM_')),
    'the faults affected answers'
  )
})

// The consumer chooses the request id and looks for it in the log, so only malformed ids are replaced.
t.test('bad input that contains personal data leaves none of it in the errors of others or in the log', async (t) => {
  for (const value of values) {
    const quoted = JSON.stringify(value)
    const responses = await Promise.all([
      post(`{"query": ${quoted}`),
      post({ query: `{ kandidaat(id: ${quoted}) { id } vacature(id: ${quoted}) { id } node(id: ${quoted}) { id } }` }),
      post({ query: `query($id: ID!) { kandidaat(id: $id) { id } }`, variables: { id: { naam: value } } }),
      post({ query: `query($id: Int!) { kandidaten(first: $id) { totaal } }`, variables: { id: value } }),
      post({ query: `{ kandidaten(after: ${quoted}) { totaal } }` }),
      post({ query: `{ kandidaten(filter: { studies: [${quoted}], gewensteRegios: [${quoted}] }) { totaal } }` }),
      post({ query: `{ vacatures(filter: { jobdomein: [${quoted}], postcode: [${quoted}] }) { totaal } }` }),
      post({ query: `{ kandidaatWijzigingen(van: ${quoted}) { nodes { cvId } } }` }),
      post({ query: `{ ${value} }` }),
      post({ query: `{ kandidaat(id: "${cv}") { id @${value.replace(/\W/g, '')} } }` }),
      post({ query: '{ __typename }', operationName: value }),
      post({ query: '{ __typename }', variables: value }),
      post({ query: '{ __typename }' }, { headers: { accept: encodeURIComponent(value) } }),
      post({ query: '{ __typename }' }, { headers: { 'content-type': encodeURIComponent(value) } }),
      post({ query: '{ __typename }' }, { key: encodeURIComponent(value) }),
      post({ query: '{ __typename }' }, { headers: { authorization: `Bearer ${encodeURIComponent(value)}` } }),
      ...[
        '/services/openservices/v1/kandidaten/%',
        '/services/openservices/v1/kandidaten?naam=%',
        '/services/openservices/v1/kandidaten?studies=%',
        '/services/openservices/v1/%',
        '/api/audit/kandidaten/%',
        '/api/kandidaten/%/cache',
        '/%',
        '/graphql?query=%',
        '/graphql?variables=%',
        '/health/live?x=%'
      ].map((path) => get(path.replace('%', encodeURIComponent(value))))
    ])
    for (const response of responses) {
      t.ok(response.status < 500, `${response.status} is not a failure of the gateway`)
      await response.body?.cancel()
    }
  }
})

t.test('these answers contain only the personal data that their consumer may see', (t) => {
  t.ok(answers.length > 500, 'there are answers to check')
  for (const { key, text } of answers)
    t.strictSame(hiddenIn(text, new Set(scopesOf[key])), [], `${key}: ${text.slice(0, 100)}`)
  for (const { key, text } of answers.filter(
    ({ key, text }) => key === 'nobody' || text.includes('"status":"ok"') || text.includes('"volgende"')
  ))
    t.equal(markIn(text), undefined, `${key}: ${text.slice(0, 100)}`)
  t.notOk(
    answers.some(
      ({ key, text }) =>
        key === 'demo-cv' &&
        text.includes('"cvId"') &&
        /proef\w*(straat|laan|weg|plein)"/i.test(text) &&
        !text.includes('leverancier')
    ),
    'the street of a person is hidden'
  )
  t.end()
})

t.test('no log line, file or audit record of these requests contains personal data', async (t) => {
  t.ok(logged.length > 500, 'there are lines to check')
  t.strictSame(
    logged.filter(
      (line) => markIn(line) !== undefined || values.some((value) => line.includes(encodeURIComponent(value)))
    ),
    []
  )
  t.match(
    await (await get(`/api/audit/kandidaten/${cv}`)).text(),
    /"groepen":\["kandidaten"/,
    'the audit file has its records'
  )
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
  t.ok(files.includes(auditPath))
  for (const file of files) t.equal(markIn(readFileSync(file, 'utf8')), undefined, file)
})

t.test('the cache keys contain no personal data and no id of a person', async (t) => {
  const settings = settingsFor(readConfig({ VDAB_URL: simulator.base, VDAB_API_KEY: 'x' }).vdab, undefined)
  const credentials = createCredentials({ settings })
  const tier = createMemoryTier({ maxBytes: 10_000_000 })
  const client = createClient({
    settings,
    credentials,
    now: Date.now,
    on: () => {}
  })
  t.teardown(() => client.close())
  const ofRequest = createVdab({
    settings,
    client,
    cached: createCached({ tier }),
    loadVacature: async () => null,
    warn: () => {}
  }).for({ upstreamCalls: 0 })
  const vdab = ofRequest.at()
  const wishes = ['M140201-1', 'N130102-1']
  await ofRequest.at(undefined, { isAboutPerson: true }).items('vacatures', { beroep: wishes, aantal: ['5'] })
  await vdab.detail('kandidaat', cv)
  await vdab.page('kandidaten', { aantal: ['50'] })
  for (const value of values)
    await vdab
      .check('kandidaten', { gewensteRegios: [value] })
      .then(() => vdab.page('kandidaten', { gewensteRegios: [value] }))
      .catch(() => undefined)
  const keys = [...tier.keys()]
  t.ok(keys.length >= 2, 'there are keys to check')
  // A digest of 43 characters can contain any short text by chance.
  t.strictSame(
    keys.filter(
      (key) => [cv, ...wishes].some((text) => key.includes(text)) || markIn(key.replace(/[\w-]{43}$/, '')) !== undefined
    ),
    []
  )
})

t.test('digits inside random ids and numbers do not count as a canary; the same digits on their own do', (t) => {
  const within = (form: string, digits: string) =>
    Array.from(
      { length: form.length - digits.length + 1 },
      (_, at) => form.slice(0, at) + digits + form.slice(at + digits.length)
    ).filter((text) => text.replace(/[^-.]/g, '') === form.replace(/[^-.]/g, ''))
  const forms = [
    '3f6a1c9e-7b2d-4e8f-a1b3-c4d5e6f70819',
    '3F6A1C9E-7B2D-4E8F-A1B3-C4D5E6F70819',
    'a3f6c19e7b2d4e8fa1b3c4d5',
    'a3'.repeat(32),
    '12.345678912345',
    '1.2345678912',
    '1.23456789',
    '1771000000000'
  ]
  for (const digits of ['0470000040', '0474000012', '99000001']) {
    const texts = forms.flatMap((form) => within(form, digits))
    t.ok(texts.length > 70)
    t.strictSame(
      texts.filter((id) =>
        [`{"a":"${id}"}`, `{"a":${id},"b":1}`, `id ${id}.`].some(
          (text) => markIn(text) !== undefined || holds(text, digits) || hiddenIn(text, new Set()).length > 0
        )
      ),
      [],
      digits
    )
    for (const text of [
      `{"a":"${digits}"}`,
      `{"a":${digits},"b":1}`,
      `gsm:${digits}.`,
      `?q=bel%20${digits}`,
      `a\\n${digits}`,
      `${digits}/${digits}`,
      digits
    ]) {
      t.equal(holds(text, digits), true, text)
      if (digits.startsWith('0'))
        t.strictSame([markIn(text), hiddenIn(text, new Set())], [digits, ['a phone number']], text)
    }
  }
  t.equal(
    markIn('{"transaction":"9f1b5c2a6e3d704700000400"}'),
    undefined,
    'a transaction id of the simulator is no canary'
  )
  t.end()
})

t.test(
  'the canaries are those of the simulator; text that looks like one in the free text of a vacancy is ignored',
  (t) => {
    t.strictSame(
      hiddenIn(
        '{"leverancier":{"naam":"Proefkali Proefbel Advies"},"o":"Bel Proefka Proefdra (+32 (0)470 00 00 12, proefka.proefdra@proef.invalid)."}',
        new Set()
      ),
      []
    )
    t.strictSame(hiddenIn('{"naam":"Proefkali Van Proefbelink"}', new Set(['kandidaten'])), ['a full name'])
    t.strictSame(hiddenIn('{"email":"proefka.proefdra@proef.invalid"}', new Set(['vacatures'])), ['an e-mail address'])
    for (const text of ['{"a":"PROEFBEL"}', 'gsm 0032 470 00 00 07', '1980-02-29']) t.type(markIn(text), 'string')
    t.equal(markIn('{"time":1771000000000,"route":"/graphql"}'), undefined)
    t.end()
  }
)

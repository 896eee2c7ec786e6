import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import t from 'tap'
import { holds } from '../canary.ts'
import { build } from '../helper.ts'

type Json = Record<string, unknown>
type Node = { vacatureReferentie: { interneReferentie: string }; status: string; jobPosting: Json | null }
type Contact = {
  contactpersoon: Record<string, string | null> | null
  sollicitatieVia: Record<string, string | null> | null
  sollicitatieAdres: { straat: string | null } | null
} | null

const root = fileURLToPath(new URL('../..', import.meta.url))
const env = { ENRICH_JOBPOSTING: 'on', REFUSAL_DELAY_MS: '0' }
const gateway = await build(t, { env, simulator: { vacatures: 200, kandidaten: 5 } })
const { get, query, simulator } = gateway
const selection = 'vacatureReferentie { interneReferentie } status jobPosting'

const all = async (more = '', key?: string) => {
  const nodes: (Node & { sollicitatieprocedure: Contact })[] = []
  for (let after: string | null = null; ;) {
    const { data } = (await query(
      `query ($after: String) { vacatures(first: 200, after: $after) { nodes { ${selection} ${more} } pageInfo { hasNextPage endCursor } } }`,
      { after },
      key
    )) as { data: { vacatures: { nodes: typeof nodes; pageInfo: { hasNextPage: boolean; endCursor: string } } } }
    nodes.push(...data.vacatures.nodes)
    if (!data.vacatures.pageInfo.hasNextPage) return nodes
    after = data.vacatures.pageInfo.endCursor
  }
}
const idOf = ({ vacatureReferentie }: Node) => vacatureReferentie.interneReferentie
const posted = (id: string, key = 'demo-frontend') =>
  get(`/api/vacatures/${id}`, { key, headers: { accept: 'application/ld+json' } })

/**
 * Type-checks postings as JobPostings of schema-dts, which is generated from schema.org's definition. Returns one list
 * of errors for each list of postings.
 */
const typeErrors = (folder: string, lists: readonly (readonly Json[])[]): readonly string[][] => {
  mkdirSync(folder, { recursive: true })
  const files = lists.map((postings, list) => {
    const file = join(folder, `postings${list}.ts`)
    const values = postings.map((one, index) => `const _${index}: WithContext<JobPosting> = ${JSON.stringify(one)}`)
    writeFileSync(file, `import type { JobPosting, WithContext } from 'schema-dts'\n${values.join('\n')}\n`)
    return file
  })
  const program = ts.createProgram(files, {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: [],
    paths: { 'schema-dts': [join(root, 'node_modules/schema-dts/dist/schema.d.ts')] }
  })
  return files.map((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  )
}

const required = ['title', 'description', 'datePosted', 'hiringOrganization', 'jobLocation']

t.test('every posting of the world is a JobPosting of schema.org, with what Google requires', async (t) => {
  const [study] = (await all()).filter(({ jobPosting }) => jobPosting !== null)
  const vereisten = [{ type: 'studie', code: 'MAN1NOO', diplomaNiveau: { code: 'D', label: 'Bachelor' } }]
  await simulator.patch(`vacatures/${study && idOf(study)}`, { profiel: { vereisten } })
  gateway.vdab.forget('vacature', study ? idOf(study) : '')
  const nodes = await all()
  const postings = nodes.map(({ jobPosting }) => jobPosting).filter((posting) => posting !== null)
  t.ok(postings.length > nodes.length / 2, `${postings.length} of ${nodes.length}`)
  for (const posting of postings) t.ok(required.every((name) => posting[name] != null))
  const seen = (name: string) => postings.some((posting) => posting[name] !== undefined)
  for (const name of ['validThrough', 'employmentType', 'baseSalary', 'identifier', 'url', 'occupationalCategory'])
    t.ok(seen(name), name)
  for (const name of ['experienceRequirements', 'educationRequirements', 'totalJobOpenings']) t.ok(seen(name), name)
  // one posting for each set of properties is enough to check types
  const kinds = new Map(postings.map((posting) => [Object.keys(posting).sort().join(), posting]))
  const wrong = { ...postings[0], directApplication: true }
  const wrongType = { ...postings[0], totalJobOpenings: { a: 1 } }
  const [right, ...others] = typeErrors(t.testdir(), [[...kinds.values()].slice(0, 40), [wrong], [wrongType]])
  t.strictSame(right, [])
  t.match(others, [[/directApplication/], [/totalJobOpenings|not assignable/]])
})

t.test('no posting contains contact data, for any consumer', async (t) => {
  const contact =
    'sollicitatieprocedure { sollicitatieAdres { straat } contactpersoon { naam aanspreking functie telefoonNummer fax email } sollicitatieVia { email telefoon fax webformulier } }'
  const nodes = await all(contact, 'demo-hr')
  let compared = 0
  const found: string[] = []
  for (const { jobPosting, sollicitatieprocedure } of nodes) {
    const text = JSON.stringify(jobPosting)
    const values = [
      ...Object.values(sollicitatieprocedure?.contactpersoon ?? {}),
      ...Object.values(sollicitatieprocedure?.sollicitatieVia ?? {}),
      sollicitatieprocedure?.sollicitatieAdres?.straat
    ]
    for (const value of values)
      if (jobPosting && value) {
        compared += 1
        if (holds(text, value)) found.push(text)
      }
    if (/@proef|0470|0474|\+32/.test(text)) found.push(text)
  }
  t.strictSame(found, [])
  t.ok(compared > 100)
  t.strictSame(
    (await all('', 'demo-frontend')).map(({ jobPosting }) => jobPosting),
    nodes.map(({ jobPosting }) => jobPosting),
    'postings are the same with and without the scope for contact persons'
  )
})

t.test('contact details in the text are removed, and dates, hours and pay stay', async (t) => {
  const node = (await all()).find(({ jobPosting }) => jobPosting !== null) as Node
  const change = async (functie: Json, more: Json = {}) => {
    await simulator.patch(`vacatures/${idOf(node)}`, { functie, ...more })
    gateway.vdab.forget('vacature', idOf(node))
    return (await posted(idOf(node))).text()
  }
  const kept = [
    '01/02/2026 van 08.30 tot 17.00',
    'loon 2.500,50 euro',
    '38 uren',
    'ISO 9001',
    'tussen 2026-01-02 en 2026-02-03'
  ]
  const gone = [
    'info@bedrijf.example',
    'jan&#64;bedrijf.example',
    '02 000 00 12',
    '+32 (0)2 000 00 12',
    '0032 2 000 00 12',
    '02/000.00.12',
    '(02) 000 00 12',
    '02\u2009000\u201100\u201112'
  ]
  const omschrijving = `<p>${kept.join(' en ')}</p><ul>${gone.map((text) => `<li>Bel ${text}!</li>`).join('')}</ul>
    <a href="mailto:x@bedrijf.example">mail Jan Janssens</a><script>alert(1)</script>`
  const text = await change(
    { functieTitel: 'Kok (bel 02 000 00 12)', omschrijving },
    {
      sollicitatieprocedure: { contactpersoon: { naam: 'Jan Janssens' } },
      vrijeVereiste: null,
      arbeidsovereenkomst: null
    }
  )
  const { description, title } = JSON.parse(text) as { description: string; title: string }
  for (const one of kept) t.ok(description.includes(one), one)
  t.notMatch(description, /bedrijf\.example|000|Janssens|mailto|href|script/)
  t.equal(title, 'Kok (bel …)')
  t.equal(description.match(/<li>/g)?.length, gone.length)
  t.notMatch(text, /</, 'the JSON is safe in a script element')
})

t.test('VDAB’s codes become Google’s values, if the mapping is certain', async (t) => {
  const node = (await all()).find(({ jobPosting }) => jobPosting !== null) as Node
  const postingWith = async (changes: Json) => {
    await simulator.patch(`vacatures/${idOf(node)}`, changes)
    gateway.vdab.forget('vacature', idOf(node))
    return (await (await posted(idOf(node))).json()) as Json
  }
  const agreement = (arbeidsContract: string, arbeidsRegime: string | null, arbeidsContractDuur: string | null) =>
    postingWith({
      arbeidsovereenkomst: {
        arbeidsContract,
        arbeidsRegime,
        arbeidsContractDuur,
        minimumBrutoLoon: 2000.5,
        maximumBrutoLoon: null
      }
    })
  t.match(await agreement('G', 'V', 'ONBEPAALD'), {
    employmentType: ['FULL_TIME'],
    baseSalary: {
      '@type': 'MonetaryAmount',
      currency: 'EUR',
      value: { '@type': 'QuantitativeValue', minValue: 2000.5 }
    }
  })
  t.strictSame((await agreement('I', 'D', 'BEPAALD'))['employmentType'], ['PART_TIME', 'TEMPORARY'])
  t.strictSame((await agreement('Z', null, null))['employmentType'], ['CONTRACTOR'])
  t.equal((await agreement('ZZ9', null, null))['employmentType'], undefined, 'an unknown code is omitted')
  const months = { '0': 'no requirements', '1': 'no requirements', '2': undefined, '3': 24, '4': 60 }
  for (const [ervaring, expected] of Object.entries(months)) {
    const { experienceRequirements: found } = await postingWith({ functie: { beroepsprofiel: { ervaring } } })
    t.strictSame(typeof expected === 'number' ? (found as Json)['monthsOfExperience'] : found, expected)
  }
  const place = { postcode: '1770', gemeente: 'LIEDEKERKE', landCode: 'BE', straat: 'Thuisstraat', huisnummer: '1' }
  const { jobLocation } = await postingWith({ tewerkstellingsadres: { ...place, regioCode: null } })
  t.strictSame((jobLocation as Json)['address'], {
    '@type': 'PostalAddress',
    addressLocality: 'Liedekerke',
    postalCode: '1770',
    addressRegion: 'Vlaams-Brabant',
    addressCountry: 'BE'
  })
})

t.test('a removed vacancy is 410, an unknown one 404, and one with too little data 406', async (t) => {
  const [first, second, third] = (await all()).filter(({ jobPosting }) => jobPosting !== null)
  const [gone, closed, poor] = [first, second, third].map((node) => idOf(node as Node))
  await simulator.remove(`vacatures/${gone}`)
  await simulator.patch(`vacatures/${closed}`, { status: 'NIET_GEPUBLICEERD' })
  await simulator.patch(`vacatures/${poor}`, { functie: { functieTitel: null } })
  for (const id of [gone, closed, poor]) gateway.vdab.forget('vacature', id ?? '')
  for (const [id, status, code] of [
    [gone, 410, 'NOT_FOUND'],
    [`Vacature:${gone}`, 410, 'NOT_FOUND'],
    [closed, 410, 'NOT_FOUND'],
    [poor, 406, 'BAD_USER_INPUT'],
    ['00000000-68d3-4fb7-aa35-c36e96ede173', 404, 'NOT_FOUND'],
    ['x', 404, 'NOT_FOUND']
  ] as const) {
    const response = await posted(id ?? '')
    t.match([response.status, await response.json()], [status, { code, status }], String(status))
  }
  t.equal((await get(`/api/vacatures/${gone}`)).status, 404, 'a removed vacancy is still 404 as JSON')
  t.equal((await get(`/api/vacatures/${poor}`)).status, 200)
})

t.test('JSON-LD and JSON at one URL are never mixed up, and the description has both', async (t) => {
  const node = (await all()).filter(({ jobPosting }) => jobPosting !== null).at(-1) as Node
  const path = `/api/vacatures/${idOf(node)}`
  for (let round = 0; round < 4; round += 1) {
    const json = await get(path, { key: 'demo-frontend' })
    const posting = await posted(idOf(node))
    t.match(json.headers.get('content-type'), /^application\/json/)
    t.equal(posting.headers.get('content-type'), 'application/ld+json; charset=utf-8')
    t.match(posting.headers.get('cache-control'), /^public/)
    t.strictSame(await posting.json(), ((await json.json()) as Json)['jobPosting'])
  }
  t.equal((await get(`${path}?velden=id`, { headers: { accept: 'application/ld+json' } })).status, 400)
  const { paths } = (await (await get('/openapi.json')).json()) as {
    paths: Record<string, { get: { description: string; responses: Json } }>
  }
  const described = paths['/api/vacatures/{id}']?.get
  t.match(described?.description, /application\/ld\+json/)
  t.ok(described?.responses['410'])
  const dropIn = await (await get(`/services/openservices/v2/vacatures/${idOf(node)}`)).text()
  t.notMatch(dropIn, /jobPosting|schema\.org/)
})

t.test('without ENRICH_JOBPOSTING there are no postings', async (t) => {
  const off = await build(t, { env: { REFUSAL_DELAY_MS: '0' }, simulator: { vacatures: 5, kandidaten: 5 } })
  const { data } = (await off.query(`{ vacatures(first: 5) { nodes { ${selection} } } }`)) as {
    data: { vacatures: { nodes: Node[] } }
  }
  t.ok(data.vacatures.nodes.every(({ jobPosting }) => jobPosting === null))
  const [node] = data.vacatures.nodes
  const refused = await off.get(`/api/vacatures/${node && idOf(node)}`, { headers: { accept: 'application/ld+json' } })
  t.equal(refused.status, 406)
})

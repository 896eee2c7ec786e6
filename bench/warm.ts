import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './figures.ts'
import type { Figure, Part } from './figures.ts'
import { startFloors } from './floors.ts'
import { askOnce, drive } from './load.ts'
import type { Load, Question } from './load.ts'
import { folder, rssOf } from './processes.ts'
import { contactKey, key, startGateway } from './product.ts'
import type { Vdab } from './product.ts'
import { detail, enrichedDetail, enrichedPage, manifest, page, selectable, twoDetails } from './questions.ts'

const measureSeconds = 1
const warmUpSeconds = 3
const enough = 0.9
const warmIds = 2000

const gets = { 'x-api-key': key, accept: '*/*' }
const asJson = { 'content-type': 'application/json' }
const posts = { ...gets, ...asJson }

type Headers = Readonly<Record<string, string>>
type Kind = 'browser' | 'x-doel' | 'contact'
type OfKind = `${Kind}-${'w1' | 'w2' | 'rest'}`
/** The kinds of clients other than a service, which sends only its key. */
const kinds: Readonly<Record<Kind, { headers: Headers; leastRest: number }>> = {
  browser: {
    headers: {
      ...gets,
      'accept-encoding': 'identity',
      'accept-language': 'nl-BE,nl;q=0.9,en-US;q=0.8,en;q=0.7',
      cookie: 'session=5d41402abc4b2a76b9719d911017c592; consent=1',
      origin: 'https://jobs.example',
      referer: 'https://jobs.example/vacatures',
      'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24"',
      'sec-ch-ua-mobile': '?0',
      'sec-ch-ua-platform': '"Linux"',
      'sec-fetch-dest': 'empty',
      'sec-fetch-mode': 'cors',
      'sec-fetch-site': 'same-origin',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
    },
    leastRest: 0.9
  },
  'x-doel': { headers: { ...gets, 'x-doel': 'bemiddeling' }, leastRest: 0.9 },
  contact: { headers: { ...gets, 'x-api-key': contactKey, 'x-doel': 'bemiddeling' }, leastRest: 0.5 }
}
const kindNames = Object.keys(kinds) as Kind[] // the keys of the record

/** The headers of a client that may read contact persons. */
export const contactHeaders = kinds.contact.headers

/** The requests of a service, as sent by the other kinds of client. */
const ofKinds = (service: Readonly<Record<'w1post' | 'w2post' | 'rest', Question>>) =>
  Object.fromEntries(
    Object.entries(kinds).flatMap(([kind, { headers }]): [string, Question][] => [
      [`${kind}-w1`, { ...service.w1post, headers: { ...headers, ...asJson } }],
      [`${kind}-w2`, { ...service.w2post, headers: { ...headers, ...asJson } }],
      [`${kind}-rest`, { ...service.rest, headers }]
    ])
  ) as Record<OfKind, Question> // each kind has the three

/** The query over POST, as every GraphQL client sends it. */
export const posted = (server: Question['server'], query: string, variables: object): Question => ({
  server,
  path: '/graphql',
  headers: posts,
  body: JSON.stringify({ query, variables })
})

const trusted = (server: Question['server'], id: keyof typeof manifest, variables: object): Question => ({
  server,
  path: `/graphql?documentId=${id}&variables=${encodeURIComponent(JSON.stringify(variables))}`,
  headers: gets
})

/** VDAB's own path of a detail. */
export const restDetail = (server: Question['server'], id: string): Question => ({
  server,
  path: `/services/openservices/v2/vacatures/${id}`,
  headers: gets
})

const split = (query: string, variables: object) => {
  const [head = '', tail = ''] = query.split('SELECTION')
  const written = (text: string) => JSON.stringify(text).slice(1, -1)
  return {
    head: `{"query":"${written(head)}`,
    some: selectable,
    tail: `${written(tail)}","variables":${JSON.stringify(variables)}}`
  }
}

/** Selections that are all new. */
const selecting = (server: Question['server'], query: string, variables: object): Question => ({
  server,
  path: '/graphql',
  headers: posts,
  fresh: split(query, variables)
})

/** The same document with new variables: two ids of many. */
const varying = (server: Question['server'], ids: readonly string[]): Question => {
  const [head = '', tail = ''] = JSON.stringify({ query: twoDetails, variables: { id: 'X', ander: 'Y' } }).split(
    /X","ander":"Y/
  )
  return { server, path: '/graphql', headers: posts, fresh: { head, some: ids, tail, pair: '","ander":"' } }
}

/** A page on VDAB's own path. */
const restPage = (server: Question['server']): Question => ({
  server,
  path: '/services/openservices/v2/vacatures?aantal=200',
  headers: gets
})

const tellTrusted = () => {
  const file = join(folder, 'manifest.json')
  writeFileSync(file, JSON.stringify(manifest))
  return { TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_FILE: file }
}

const tagged = async (question: Question): Promise<Question> => {
  const { etag = 'none was given' } = await askOnce(question)
  const unchanged = { ...question, headers: { ...gets, 'if-none-match': etag } }
  await askOnce(unchanged, 304)
  return unchanged
}

/** The enriched detail and the version 4 detail, as a service and a browser request them. */
const restNames = ['api', 'v4', 'api-browser', 'v4-browser'] as const

const prepare = async (vdab: Vdab) => {
  const ids = await vdab.ids(warmIds)
  const [id = ''] = ids
  const jobdomein = { jobdomein: ['JOBCAT01'] }
  const [product, other, enforcing, fragments] = await Promise.all([
    startGateway({ vdab: vdab.base }),
    startGateway({ vdab: vdab.base }),
    startGateway({ vdab: vdab.base, env: tellTrusted() }),
    startGateway({ vdab: vdab.base, env: { CACHE_ANSWERS: 'fragments' } })
  ])
  const alike = {
    w1post: posted(product, detail, { id }),
    w1get: trusted(enforcing, 'vacature-detail', { id }),
    w2post: posted(product, page, jobdomein),
    w2get: trusted(enforcing, 'vacature-pagina', jobdomein),
    rest: restDetail(product, id),
    w1enriched: posted(product, enrichedDetail, { id }),
    w2enriched: posted(product, enrichedPage, jobdomein),
    ...(Object.fromEntries(
      restNames.map((name): [string, Question] => [
        name,
        {
          server: product,
          path: `${name.startsWith('api') ? '/api' : '/services/openservices/vacatures/v4'}/vacatures/${id}`,
          headers: name.endsWith('browser') ? kinds.browser.headers : gets
        }
      ])
    ) as Record<(typeof restNames)[number], Question>) // each name has one
  }
  const others = ofKinds(alike)
  const floors = await startFloors({ ...alike, ...others })
  for (let at = 0; at < ids.length; at += 200)
    await askOnce(
      posted(other, 'query ($ids: [ID!]!) { vacaturesOpId(ids: $ids) { id } }', { ids: ids.slice(at, at + 200) })
    )
  const ours = {
    ...alike,
    ...others,
    w2fragments: posted(fragments, page, jobdomein),
    newVariables: varying(other, ids),
    newDetail: selecting(other, 'query ($id: ID!) { vacature(id: $id) { id SELECTION } }', { id }),
    newPage: selecting(
      other,
      'query ($jobdomein: [String!]) { vacatures(first: 20, filter: { jobdomein: $jobdomein }) { nodes { id SELECTION } } }',
      jobdomein
    ),
    rest304: await tagged(alike.rest),
    restPage: restPage(other),
    restPage304: await tagged(restPage(other))
  }
  return { servers: [product, other, enforcing, fragments], product, floors, ours }
}

type Prepared = Awaited<ReturnType<typeof prepare>>
type Ours = keyof Prepared['ours']
type Floor = keyof Prepared['floors']['fastify']['questions']

/** Each floor with the measurement right after it. */
const groups: readonly (readonly [Floor, readonly Ours[]])[] = [
  ...kindNames.flatMap((kind) =>
    (['w1', 'w2', 'rest'] as const).map((what): readonly [Floor, readonly Ours[]] => [
      `${kind}-${what}`,
      [`${kind}-${what}`]
    ])
  ),
  ...restNames.map((name): readonly [Floor, readonly Ours[]] => [name, [name]]),
  ['w1post', ['w1post', 'newVariables', 'newDetail']],
  ['w1get', ['w1get']],
  ['w2post', ['w2post', 'w2fragments', 'newPage']],
  ['w2get', ['w2get']],
  ['w1enriched', ['w1enriched']],
  ['w2enriched', ['w2enriched']],
  ['rest', ['rest', 'rest304', 'restPage', 'restPage304']]
]

const rows: readonly { name: Ours; floor: Floor; what: string; least?: number }[] = [
  { name: 'w1post', floor: 'w1post', what: 'W1 warm detail, POST', least: 0.75 },
  { name: 'w1get', floor: 'w1get', what: 'W1 warm detail, GET, trusted document', least: 0.75 },
  { name: 'w2post', floor: 'w2post', what: 'W2 warm page of 20, POST', least: 0.75 },
  { name: 'w2get', floor: 'w2get', what: 'W2 warm page of 20, GET, trusted document', least: 0.75 },
  { name: 'w1enriched', floor: 'w1enriched', what: 'W1 with place and language, POST', least: 0.75 },
  { name: 'w2enriched', floor: 'w2enriched', what: 'W2 with place and language, POST', least: 0.75 },
  { name: 'w2fragments', floor: 'w2post', what: "W2' same page, whole answer not kept, POST", least: 0.4 },
  { name: 'newVariables', floor: 'w1post', what: 'variables never sent before, two warm details' },
  { name: 'newDetail', floor: 'w1post', what: 'new selection each time, warm detail' },
  { name: 'newPage', floor: 'w2post', what: 'new selection each time, warm page of 20' },
  { name: 'rest', floor: 'rest', what: 'REST warm detail, GET', least: 0.9 },
  { name: 'api', floor: 'api', what: 'GET /api/vacatures/{id}, warm', least: 0.8 },
  { name: 'v4', floor: 'v4', what: 'version 4 detail, warm', least: 0.8 },
  { name: 'api-browser', floor: 'api-browser', what: 'GET /api/vacatures/{id}, warm, browser', least: 0.8 },
  { name: 'v4-browser', floor: 'v4-browser', what: 'version 4 detail, warm, browser', least: 0.8 },
  ...kindNames.flatMap((kind) =>
    (
      [
        ['w1', 'W1 POST', 0.75],
        ['w2', 'W2 POST', 0.75],
        ['rest', 'REST detail', kinds[kind].leastRest]
      ] as const
    ).map(([name, what, least]) => ({
      name: `${kind}-${name}` as const,
      floor: `${kind}-${name}` as const,
      what: `${what}, ${kind}`,
      least
    }))
  )
]

type Measured = {
  ours: Partial<Record<Ours, Load>>
  fastify: Partial<Record<Floor, Load>>
  http: Partial<Record<Floor, Load>>
  unchanged: { fastify?: Load; http?: Load }
}

/** The second of two seconds: a process without requests for a minute is slower at first. */
const measure = async (question: Question): Promise<Load> => {
  await drive(question, measureSeconds)
  return drive(question, measureSeconds)
}

/** The 304 of a floor, for a request that the gateway answers with 304. */
const driveUnchanged = async ({ floors, ours }: Prepared, kind: 'fastify' | 'http'): Promise<Load> => {
  const floor = floors[kind].questions.rest
  return measure({ ...floor, path: `${floor.path}-304`, headers: ours.rest304.headers })
}

const measureRound = async (prepared: Prepared, withHttp: (floor: Floor) => boolean): Promise<Measured> => {
  const { floors, ours } = prepared
  const round: Measured = { ours: {}, fastify: {}, http: {}, unchanged: {} }
  for (const [floor, names] of groups) {
    if (withHttp(floor)) round.http[floor] = await measure(floors.http.questions[floor])
    round.fastify[floor] = await measure(floors.fastify.questions[floor])
    for (const name of names) {
      round.ours[name] = await measure(ours[name])
      if (name === 'rest304')
        round.unchanged = {
          fastify: await driveUnchanged(prepared, 'fastify'),
          ...(withHttp('w1get') ? { http: await driveUnchanged(prepared, 'http') } : {})
        }
    }
  }
  return round
}

type Pair = { it: Load | undefined; floor: Load | undefined }

/** A figure from pairs of consecutive measurements: the median of their ratios. */
export const ratioOf = (pairs: readonly Pair[]): Omit<Figure, 'what'> => {
  const whole = pairs.flatMap(({ it, floor }) => (it && floor ? [{ it, floor }] : []))
  if (whole.length === 0) return { value: undefined }
  const of = (pick: (pair: { it: Load; floor: Load }) => number) => median(whole.map(pick))
  // Its core was idle: the load generator or other processes were the limit.
  const isDoubtful = whole.some(({ floor }) => floor.cpuMicros > 0 && floor.perSecond * floor.cpuMicros < enough * 1e6)
  return {
    isDoubtful,
    value: of(({ it, floor }) => it.perSecond / floor.perSecond),
    byCpu: of(({ it, floor }) => floor.cpuMicros / it.cpuMicros),
    perSecond: of(({ it }) => it.perSecond),
    p50: of(({ it }) => it.p50),
    p99: of(({ it }) => it.p99),
    busy: of(({ it }) => (it.perSecond * it.cpuMicros) / 1e4)
  }
}

const figuresOf = (rounds: readonly Measured[], sizes: Prepared['floors']['sizes'], product: number): Figure[] => {
  const pairs = (floor: Floor, pick: (round: Measured) => Load | undefined) =>
    rounds.map((round) => ({ it: pick(round), floor: round.fastify[floor] }))
  const own = rows
    .filter(({ name }) => rounds[0]?.ours[name])
    .map(({ name, floor, what, least }): Figure => ({
      what,
      ...ratioOf(pairs(floor, ({ ours }) => ours[name])),
      ...(least === undefined ? {} : { target: { least } }),
      note: `${(sizes[floor] / 1024).toFixed(1)} kB`
    }))
  const unchanged: Figure[] = [
    {
      what: 'REST 304, against the 200 of the gateway',
      ...ratioOf(rounds.map(({ ours }) => ({ it: ours.rest304, floor: ours.rest }))),
      target: { least: 1.2 }
    },
    { what: 'the same, against bare fastify with the body', ...ratioOf(pairs('rest', ({ ours }) => ours.rest304)) },
    {
      what: "the same, against bare fastify's own 304",
      ...ratioOf(rounds.map(({ ours, unchanged }) => ({ it: ours.rest304, floor: unchanged.fastify })))
    },
    {
      what: 'floor: the 304 of bare fastify, against its 200',
      ...ratioOf(pairs('rest', ({ unchanged }) => unchanged.fastify))
    },
    {
      what: 'floor: the 304 of bare node:http, against the 200 of the gateway',
      ...ratioOf(rounds.map(({ ours, unchanged }) => ({ it: unchanged.http, floor: ours.rest })))
    },
    {
      what: 'REST 304 of a page of 200, against the 200 of the gateway',
      ...ratioOf(rounds.map(({ ours }) => ({ it: ours.restPage304, floor: ours.restPage }))),
      target: { least: 1.2 }
    }
  ]
  const floorsAs = (kind: 'fastify' | 'http', title: string) =>
    groups
      .filter(([floor]) => rounds[0]?.[kind][floor])
      .map(([floor]): Figure => ({
        what: `floor: ${title}, ${floor}`,
        ...ratioOf(pairs(floor, (round) => round[kind][floor]))
      }))
  const [first, ...others] = own
  return [
    ...(first ? [{ ...first, rss: product }] : []),
    ...others,
    ...unchanged,
    ...floorsAs('fastify', 'bare fastify'),
    ...floorsAs('http', 'bare node:http')
  ]
}

/** Sends a server all its requests at once. */
const warmUp = async (server: Question['server'], { floors, ours }: Prepared) => {
  const all = [floors.fastify.questions, floors.http.questions, ours].flatMap((questions) => Object.values(questions))
  await Promise.all(
    all.filter((question) => question.server === server).map((question) => drive(question, warmUpSeconds))
  )
}

/** W1, W2, W2', new selections, REST: warm requests, as a share of bare fastify with the same requests. */
export const benchWarm = async (vdab: Vdab, { rounds, isFull }: { rounds: number; isFull: boolean }): Promise<Part> => {
  const prepared = await prepare(vdab)
  const { floors, servers, product } = prepared
  // One server at a time: with all at once, each gets too little of the core to compile its code.
  for (const server of [floors.fastify.server, floors.http.server, ...servers]) await warmUp(server, prepared)
  const measured: Measured[] = []
  for (let round = 0; round < rounds; round += 1)
    measured.push(await measureRound(prepared, (floor) => round === 0 && (isFull || floor.startsWith('w1'))))
  const figures = figuresOf(measured, floors.sizes, rssOf(product.pid))
  await Promise.all([...servers, floors.fastify.server, floors.http.server].map((server) => server.end()))
  const warning = `A floor had less than ${enough * 100} % of its core: read "by CPU", and measure again on a quiet machine.`
  return {
    title: `Warm: a share of bare fastify answering the same request with the same bytes (medians of ${rounds} interleaved rounds of ${measureSeconds} s)`,
    figures,
    ...(figures.some(({ isDoubtful }) => isDoubtful) ? { warning } : {})
  }
}

import fc from 'fast-check'
import { getNamedType, isAbstractType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLObjectType, GraphQLOutputType } from 'graphql'
import { readSchema } from '../../src/schema/index.ts'
import { build, withoutCost } from '../helper.ts'
import type { Built } from '../helper.ts'
import { test } from './test.ts'

const second = 1000
const minute = 60 * second
const start = Date.parse('2026-02-13T12:00:00Z')
const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const other = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const unknown = '00000000-0000-4000-8000-00000000dead'
const cv = '30dbfef1-59df-4521-a111-964bf0208e68'
const plenty = {
  REQUESTS_PER_MINUTE: '1000000',
  COST_PER_MINUTE: '1000000000',
  MAX_ALIASES: '5000',
  MAX_DIRECTIVES: '1000',
  MAX_COST: '100000',
  VDAB_CALLS_WHILE_FAILING: '1000',
  VDAB_RETRIES: '0'
}

const schema = readSchema()
const typeOf = (name: string) => schema.getType(name) as GraphQLObjectType // requested by names of the schema
const query = typeOf('Query')
const named = (type: GraphQLOutputType) => getNamedType(type)

/** The fields of Query, with valid arguments; the variables are those of `variables`. */
const roots: Readonly<Record<string, readonly string[]>> = {
  vacature: ['id: $id', `id: "${documented}"`, `id: "Vacature:${other}"`, `id: "${unknown}"`],
  vacatures: [
    'first: $first',
    'first: 3, filter: { postcode: ["2000", "9000"] }',
    'last: 2',
    'first: 2, filter: { jobdomein: "JOBCAT10" }, sorteerveld: PUBLICATIE_DATUM',
    'first: 0'
  ],
  vacaturesOpId: [
    'ids: [$id, $id]',
    `ids: ["${documented}", "${unknown}", "${other}"]`,
    `ids: ["${documented}", "no id"]`
  ],
  node: [`id: "Vacature:${documented}"`, `id: "Kandidaat:${cv}"`, 'id: $id'],
  referenties: ['lijst: TALEN', 'lijst: DIPLOMAS, trefwoord: "ingenieur"', 'lijst: ERVARING'],
  referentie: ['lijst: TALEN, code: "N"', 'lijst: TALEN, code: "0"'],
  vacaturesInitieel: ['datum: "2022-12-13", first: 2'],
  vacatureWijzigingen: ['van: "2026-02-12T00:00:00Z", tot: "2026-02-13T12:00:00Z", first: 3'],
  kandidaat: [`id: "${cv}"`],
  kandidaten: ['first: 2']
}
const weights: Readonly<Record<string, number>> = { vacature: 4, vacatures: 5, vacaturesOpId: 3, node: 2 }

/** A random source of fast-check, which can reproduce a failing document. */
type Draw = fc.GeneratorValue

const documentOf = (draw: Draw): string => {
  const fragments: string[] = []
  const chance = (percent: number) => draw(fc.integer, { min: 1, max: 100 }) <= percent
  const pick = <T>(items: readonly T[]): T => items[draw(fc.integer, { min: 0, max: items.length - 1 })] as T // of a list that is not empty
  const directive = () =>
    chance(8) ? pick([' @include(if: $with)', ' @skip(if: $with)', ' @include(if: true)', ' @skip(if: $without)']) : ''

  // An alias is derived from the field and its arguments, so that two of one name can be merged.
  const field = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields())
    if (chance(6)) return `__typename${directive()}`
    const { name, args, type: result } = pick(fields)
    const below = named(result)
    const isLeaf = !isObjectType(below) && !isAbstractType(below)
    if (!isLeaf && depth <= 0) return '__typename'
    const formaat =
      args.some((argument) => argument.name === 'formaat') && chance(60)
        ? pick(['TEKST', 'RUW', '$formaat'])
        : undefined
    const alias = formaat !== undefined ? `${name}_${formaat.replace('$', '')}: ` : chance(10) ? `a_${name}: ` : ''
    return `${alias}${name}${formaat === undefined ? '' : `(formaat: ${formaat})`}${directive()}${isLeaf ? '' : ` ${selection(below, depth - 1)}`}`
  }
  const selection = (type: GraphQLObjectType | ReturnType<typeof getNamedType>, depth: number): string => {
    if (isInterfaceType(type))
      return `{ ${chance(70) ? 'id' : '__typename'} ${['Vacature', 'Kandidaat']
        .filter((name) => name === 'Vacature' || chance(20))
        .map((name) => `... on ${name} ${selection(typeOf(name), depth)}`)
        .join(' ')} }`
    const object = type as GraphQLObjectType // leaves have no selections
    const parts = Array.from({ length: draw(fc.integer, { min: 1, max: 5 }) }, () => {
      if (!chance(15)) return field(object, depth)
      const inside = `{ ${field(object, depth)} ${field(object, depth)} }`
      if (chance(50)) return `...${chance(50) ? ` on ${object.name}` : ''}${directive()} ${inside}`
      const name = `F${fragments.length}`
      fragments.push(`fragment ${name} on ${object.name} ${inside}`)
      return `...${name}${directive()}`
    })
    return `{ ${parts.join(' ')} }`
  }

  const names = Object.keys(roots).flatMap((name) => Array.from({ length: weights[name] ?? 1 }, () => name))
  const asked = Array.from({ length: draw(fc.integer, { min: 1, max: 3 }) }, (_, index) => {
    const name = pick(names)
    const result = named(query.getFields()[name]?.type as GraphQLOutputType) // the names are those of fields
    return `r${index}: ${name}(${pick(roots[name] ?? [])})${directive()} ${selection(result, 4)}`
  })
  // GraphQL requires that each variable is used; their scopes are not tested here.
  return `query($id: ID!, $first: Int = 2, $with: Boolean!, $without: Boolean = false, $formaat: TekstFormaat! = HTML) {
    ${asked.join('\n    ')}
    used: __typename @skip(if: $with) @include(if: $without) vacature(id: $id) { vrijeVereiste(formaat: $formaat) } vacatures(first: $first) { totaal }
  }\n${fragments.join('\n')}`
}

const variables = fc
  .record({
    id: fc.constantFrom(documented, other, `Vacature:${documented}`, unknown, cv, `Kandidaat:${cv}`, 'none'),
    with: fc.boolean()
  })
  .chain((needed) =>
    fc
      .record(
        { first: fc.constantFrom(1, 2, 5), without: fc.boolean(), formaat: fc.constantFrom('TEKST', 'RUW') },
        { requiredKeys: [] }
      )
      .map((more) => ({ ...needed, ...more }))
  )

const texts = [
  'Eén <b>vacature</b> voor €&nbsp;5',
  'plain',
  '"quoted" \\ and \u2028 and \ud83d\ude00 \ud800',
  '',
  'x'.repeat(300),
  `${'é'.repeat(200)}\n\t`
]
/** Values that VDAB may send in future, valid or not. */
const patches = fc.oneof(
  fc.record({ aantalJobs: fc.constantFrom<unknown>(3, '4', 2.5, null, true, 1e12, 'many') }),
  fc.record({ status: fc.constantFrom<unknown>('GEPUBLICEERD', 7, true, null, { code: 'x' }) }),
  fc.record({ vrijeVereiste: fc.constantFrom<unknown>(...texts, 5, null) }),
  fc.record({ publicatieDatum: fc.constantFrom<unknown>('2022-12-13', 'yesterday', 20221213, null) }),
  fc.record({
    functie: fc.constantFrom<unknown>(
      { functieTitel: 'é', jobdomeinen: ['JOBCAT01', { code: 'JOBCAT10', label: 'ours' }, null, 'NONE'] },
      { functieTitel: texts[2], omschrijving: texts[0], jobdomeinen: 'JOBCAT01' },
      null,
      'text',
      []
    )
  }),
  fc.record({
    arbeidsovereenkomst: fc.constantFrom<unknown>(
      { aantalUur: 38.5, minimumBrutoLoon: '1e3', arbeidsRegime: 'V', arbeidsStelsel: ['D'] },
      { aantalUur: 'x' }
    )
  }),
  fc.record({
    dubbels: fc.constantFrom<unknown>(
      { parentId: other, dubbelIds: [1, 2, '3'] },
      { dubbelIds: [null] },
      { dubbelIds: 7 }
    )
  }),
  fc.record({ internationaalOpengesteld: fc.constantFrom<unknown>(true, false, 0, 'ja') })
)

type Step =
  | { do: 'ask'; nth: number; variables: object; key: string }
  | { do: 'patch'; id: string; body: object }
  | { do: 'wait'; ms: number }
  | { do: 'poll' }
  | { do: 'fail' }
  | { do: 'heal' }
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      nth: fc.nat(2),
      variables,
      key: fc.constantFrom('demo-hr', 'demo-hr', 'demo-frontend')
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('patch' as const), id: fc.constantFrom(documented, other), body: patches })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(second, 31 * second, 11 * minute, 25 * 60 * minute)
    })
  },
  { weight: 3, arbitrary: fc.constantFrom<Step>({ do: 'poll' }, { do: 'poll' }, { do: 'fail' }, { do: 'heal' }) }
)

/** The answer as sent; errors have no order. */
const asking = (built: Built) => async (text: string, given: object, key: string) => {
  const response = await built.post({ query: text, variables: given }, { key, headers: { 'x-request-id': 'the-same' } })
  const answer = withoutCost((await response.json()) as { data?: unknown; errors?: unknown[] })
  return JSON.stringify({
    ...answer,
    ...(answer.errors ? { errors: answer.errors.map((error) => JSON.stringify(error)).sort() } : {})
  })
}

const isRenewing = (answer: string) => answer.includes('"reden":"VERNIEUWING"')

/**
 * Repeats the request while one gateway still refreshes a value that the other has refreshed: their speeds may differ.
 */
const settled = async (ask: () => Promise<string[]>): Promise<string[]> => {
  for (let tries = 50; ; tries -= 1) {
    const answers = await ask()
    if (tries === 0 || new Set(answers).size === 1 || !answers.some(isRenewing)) return answers
  }
}

void test('a written answer, fresh or from fragments, equals the executed one, for any changes', async (t) => {
  const clock = { now: start }
  const world = { date: '2026-02-13', vacatures: 12, kandidaten: 4 }
  const options = { simulator: world, now: () => clock.now }
  const written = await build(t, { ...options, env: { ...plenty, FEED_INTERVAL_MS: '60000', CACHE_ANSWERS: 'all' } })
  const executed = await build(t, {
    ...options,
    env: { ...plenty, FEED_INTERVAL_MS: '60000', FAST_PATH: 'off' }
  })
  const composed = await build(t, {
    ...options,
    env: { ...plenty, FEED_INTERVAL_MS: '60000', CACHE_ANSWERS: 'fragments' }
  })
  const all = [executed, written, composed]
  const each = (work: (built: Built) => Promise<unknown>) => Promise.all(all.map(work))
  await each(({ poll }) => poll())
  let answered = 0

  const compare = async (document: string, given: object, key: string) => {
    for (let time = 0; time < 2; time += 1) {
      const [expected, ...answers] = await settled(() =>
        Promise.all(all.map((built) => asking(built)(document, given, key)))
      )
      const wrong = answers.find((answer) => answer !== expected)
      if (wrong !== undefined)
        throw new Error(`${document}\n${JSON.stringify(given)}\nwritten  ${wrong}\nexecuted ${expected}`)
      if (expected?.startsWith('{"data":{') === true && !expected.includes('"errors":')) answered += 1
    }
  }

  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.array(step, { minLength: 4, maxLength: 12 }), async (draw, steps) => {
      const documents = [0, 1, 2].map(() => documentOf(draw))
      // While the circuit is open, one request per half second tries VDAB; which one is not promised, so each gateway
      // gets a single request first.
      const heal = async () => {
        await each(({ simulator }) => simulator.heal())
        clock.now += second
        await each((built) => asking(built)('{ referenties(lijst: JOBDOMEINEN) { label } }', {}, 'demo-hr'))
      }
      await heal()
      for (const one of steps) {
        if (one.do === 'wait') clock.now += one.ms
        else if (one.do === 'poll') {
          clock.now += second
          await each(({ poll }) => poll())
        } else if (one.do === 'patch') await each(({ simulator }) => simulator.patch(`vacatures/${one.id}`, one.body))
        else if (one.do === 'heal') await heal()
        else if (one.do === 'fail')
          await each(({ simulator }) => simulator.faults({ endpoint: 'GET /jobdomeinen', status: 500 }))
        else await compare(documents[one.nth] ?? '', one.variables, one.key)
      }
    }),
    { numRuns: 50, endOnFailure: true, interruptAfterTimeLimit: 45_000 }
  )
  t.ok(answered > 50, `${answered} answers without errors were compared`)
})

const jobdomeinen = `{ vacature(id: "${documented}") { functie { jobdomeinen { code label } } } }`

void test('fragments written while VDAB refused a list are written again once it answers', async (t) => {
  const clock = { now: start }
  const {
    query: ask,
    simulator,
    poll
  } = await build(t, { now: () => clock.now, env: { ...plenty, FEED_INTERVAL_MS: '60000' } })
  const labels = async () =>
    (
      (await ask(jobdomeinen)).data as { vacature: { functie: { jobdomeinen: { label: string | null }[] } } }
    ).vacature.functie.jobdomeinen.map(({ label }) => label)
  await simulator.faults({ endpoint: 'GET /jobdomeinen', status: 404 })
  for (let time = 0; time < 4; time += 1) t.strictSame(await labels(), [null])
  await simulator.heal()
  clock.now += 11 * minute
  await poll()
  t.strictSame(await labels(), ['Aankoop'])
})

void test('an answer that the writer cannot complete repeats no call to VDAB', async (t) => {
  const { query: ask, simulator } = await build(t, { env: plenty })
  const { data, errors } = await ask(
    `{ vacaturesOpId(ids: ["${documented}", "Kandidaat:1"]) { id functie { jobdomeinen { label } } } vacatures(first: 2) { totaal } }`
  )
  t.match(data, {
    vacaturesOpId: [{ functie: { jobdomeinen: [{ label: 'Aankoop' }] } }, null],
    vacatures: { totaal: Number }
  })
  t.equal(errors?.length, 1)
  t.match(await simulator.calls(), {
    total: 3,
    perEndpoint: { 'GET /vacatures/{id}': 1, 'GET /vacatures': 1, 'GET /jobdomeinen': 1 }
  })
})

void test('a changed record or a refetched list appears in every answer made from it', async (t) => {
  const clock = { now: start }
  const {
    query: ask,
    simulator,
    poll
  } = await build(t, {
    now: () => clock.now,
    env: { ...plenty, FEED_INTERVAL_MS: '60000', CACHE_ANSWERS: 'fragments' }
  })
  await poll()
  const asked = [
    `{ vacature(id: "${documented}") { aantalJobs functie { jobdomeinen { label } } } }`,
    `{ vacaturesOpId(ids: ["${documented}"]) { ...A } } fragment A on Vacature { aantalJobs functie { jobdomeinen { label } } }`
  ]
  const seen = async () => (await Promise.all(asked.map((text) => ask(text)))).map(({ data }) => JSON.stringify(data))
  const holding = (aantalJobs: number) => {
    const of = `{"aantalJobs":${aantalJobs},"functie":{"jobdomeinen":[{"label":"Aankoop"}]}}`
    return [`{"vacature":${of}}`, `{"vacaturesOpId":[${of}]}`]
  }
  await simulator.patch(`vacatures/${documented}`, { aantalJobs: 3 })
  for (let time = 0; time < 3; time += 1) t.strictSame(await seen(), holding(3))
  await simulator.patch(`vacatures/${documented}`, { aantalJobs: 4 })
  t.strictSame(await seen(), holding(3), 'the old value is shown until the feed is read')
  clock.now += second
  await poll()
  for (let time = 0; time < 3; time += 1) t.strictSame(await seen(), holding(4))
  clock.now += 20 * 60 * minute
  await poll()
  for (let time = 0; time < 3; time += 1) t.strictSame(await seen(), holding(4))
  await simulator.reset()
  clock.now += 5 * 60 * minute
  await poll()
  await seen()
  t.equal((await simulator.calls()).perEndpoint['GET /vacatures/{id}'], undefined, 'the record itself is fresh')
  t.match(
    (await simulator.calls()).perEndpoint,
    { 'GET /jobdomeinen': 1 },
    'a stale list is refetched, although stored fragments contain its labels'
  )
})

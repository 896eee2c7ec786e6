import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { fastify } from 'fastify'
import mercurius from 'mercurius'
import type { Test } from 'tap'
import { build } from '../helper.ts'
import { documented, drawsOf, other, person, randomQuestion } from './random-documents.ts'
import type { Question } from './random-documents.ts'
import { createReference, unordered } from './reference.ts'
import type { Execute, Told, Who } from './reference.ts'
import { createWays, origin } from './ways.ts'
import type { Way } from './ways.ts'
import { test } from './test.ts'

/** Seeded documents; SEED and RUNS select others, and more of them. */
const seed = Number(process.env['SEED'] ?? 20_261_128)
const runs = Number(process.env['RUNS'] ?? 200)
const day = 86_400_000
const world = { date: '2026-02-13', vacatures: 12, kandidaten: 4 }
const plenty = {
  REQUESTS_PER_MINUTE: '1000000',
  COST_PER_MINUTE: '1000000000',
  MAX_COST: '1000000',
  CVS_PER_DAY: '1000000',
  REFUSAL_DELAY_MS: '0',
  MAX_DEPTH: '100',
  MAX_ALIASES: '5000',
  MAX_ROOT_FIELDS: '500',
  MAX_DIRECTIVES: '1000',
  CORS_ORIGINS: origin
}
const doel = 'a test'
const requestContexts: readonly Who[] = [
  { key: 'demo-hr', doel },
  { key: 'demo-beheer', doel },
  { key: 'demo-cv', doel },
  { key: 'demo-frontend' },
  { key: 'demo-hr' },
  { key: 'demo-frontend', doel }
]

/** Values that VDAB may send in future, valid or not. */
const spoiled: Readonly<Record<string, object>> = {
  [documented]: {
    aantalJobs: 'many',
    dubbels: { parentId: other, dubbelIds: [1, null, '3'] },
    vrijeVereiste: 'Eén <b>vacature</b> "quoted" \\ and \u2028 \ud83d\ude00'
  },
  [other]: {
    publicatieDatum: 'yesterday',
    vacatureReferentie: { vdabReferentie: 1.5 },
    assistentie: { irmAssistentie: { irmRegioCodes: ['A', null] } },
    functie: { functieTitel: 7, jobdomeinen: ['JOBCAT01', null, { code: 'JOBCAT10', label: 'ours' }, 'NONE'] }
  }
}

/** A reference, and gateways with the same VDAB; `age` moves the clock until all cached values have expired. */
const buildWorld = async (t: Test) => {
  let now = Date.parse('2026-02-13T12:00:00Z')
  const options = { now: () => now, simulator: world }
  const first = await build(t, { ...options, env: { ...plenty, FAST_PATH: 'off' } })
  for (const [id, body] of Object.entries(spoiled)) await first.simulator.patch(`vacatures/${id}`, body)
  return {
    age: () => {
      now += 40 * day
    },
    reference: createReference(first),
    gateway: (env: Record<string, string>) =>
      build(t, {
        ...options,
        simulator: { vacatures: 1, kandidaten: 1 },
        env: { ...plenty, VDAB_URL: first.simulator.base, ...env }
      })
  }
}
const inWords = (question: Question, who: Who) =>
  `${JSON.stringify(who)}\n${question.query}\n${JSON.stringify(question.variables)} ${question.operationName ?? ''}`
const evenly = (max: number) => fc.noBias(fc.nat({ max }))
const drawFrom = (gen: fc.GeneratorValue) => (n: number) => gen(evenly, n - 1)
const messagesOf = (errors: readonly string[]) =>
  errors.map((error) => (JSON.parse(error) as { message: string }).message)

/**
 * The gateway refuses these for its own reasons: they cost too much, are no query, name no operation, or leave an
 * argument without its value.
 */
const isRefused = ({ data, errors }: Told, expected: Told): boolean =>
  data === undefined &&
  errors.length > 0 &&
  (errors.some((error) =>
    /QUERY_TOO_COSTLY|Only a query can be asked here|operation named|operation name|holds no operation/.test(error)
  ) ||
    messagesOf(errors).every((message) => messagesOf(expected.errors).includes(message)))

/** Throws when an answer differs from the expected one; errors may be in any order. */
const compare = (name: string, told: Told, expected: Told, words: string) => {
  if (expected.data === undefined && told.data !== undefined)
    throw new Error(`${name}: data for a question that is wrong\n${words}\nanswered ${JSON.stringify(told)}`)
  if (unordered(told) !== unordered(expected) && !isRefused(told, expected))
    throw new Error(`${name}\n${words}\nanswered ${JSON.stringify(told)}\nexpected ${JSON.stringify(expected)}`)
}

void test('every way of answering returns the same as validate and execute of graphql-js, the first, second and third time', async (t) => {
  const { age, reference, gateway } = await buildWorld(t)
  const kept = createWays(await gateway({ CACHE_ANSWERS: 'all' }))
  const composed = createWays(await gateway({ CACHE_ANSWERS: 'fragments' }))
  const written = createWays(await gateway({ CACHE_ANSWERS: 'off' }))
  const plain = createWays(await gateway({ FAST_PATH: 'off' }))
  const others = Object.entries(kept.ways).filter(([name]) => name !== 'id')
  const times = (name: string, way: Way, count: number) =>
    Array.from({ length: count }, (_one, time) => [`${name}, time ${time + 1}`, way] as const)
  const ways = [
    ...times('all', kept.ways.post, 3),
    ...others.flatMap(([name, way]) => times(`all, ${name}`, way, 2)),
    ...times('fragments', composed.ways.post, 3),
    ...times('off', written.ways.post, 2),
    ...times('FAST_PATH=off', plain.ways.post, 2),
    ...times('FAST_PATH=off, get', plain.ways.get, 1),
    ...times('FAST_PATH=off, post, by a browser', plain.ways['post, by a browser'], 1)
  ]
  const counts = { data: 0, errors: 0, none: 0 }

  await fc.assert(
    fc.asyncProperty(fc.gen(), async (gen) => {
      const draw = drawFrom(gen)
      const question = randomQuestion(draw)
      const who = requestContexts[draw(requestContexts.length)] as Who // one of them
      if (draw(3) === 0) age()
      const expected = await reference.ask(question, who)
      counts[expected.data === undefined ? 'none' : expected.errors.length > 0 ? 'errors' : 'data'] += 1
      let first: string | undefined
      for (const [name, way] of ways) {
        const told = await way(question, who)
        compare(name, told, expected, inWords(question, who))
        first ??= JSON.stringify(told)
        if (JSON.stringify(told) !== first)
          throw new Error(
            `${name}: another order than the first time\n${inWords(question, who)}\nanswered ${JSON.stringify(told)}\nat first ${first}`
          )
      }
    }),
    { seed, numRuns: runs, endOnFailure: true, interruptAfterTimeLimit: runs * 250 }
  )
  await kept.close()
  const enough = Object.values(counts).every((count) => count > 5)
  t.ok(
    enough && kept.past() > 50 && plain.past() === 0,
    `${JSON.stringify(counts)}, of ${kept.past()} answers of the fast path`
  )
})

void test('a trusted document is answered the same by its id', async (t) => {
  const { age, reference, gateway } = await buildWorld(t)
  const questions = Array.from({ length: 60 }, (_, seed) => randomQuestion(drawsOf(seed))).filter(
    ({ query }) => query.trim() !== ''
  )
  const manifest = join(mkdtempSync(join(tmpdir(), 'documents-')), 'manifest.json')
  writeFileSync(
    manifest,
    JSON.stringify(
      Object.fromEntries(questions.map(({ query }) => [createHash('sha256').update(query).digest('hex'), query]))
    )
  )
  const { ways } = createWays(await gateway({ TRUSTED_DOCUMENTS: 'enforce', TRUSTED_DOCUMENTS_FILE: manifest }))
  let compared = 0
  for (const [index, question] of questions.entries()) {
    const who = requestContexts[index % requestContexts.length] as Who // one of them
    if (index % 3 === 0) age()
    const expected = await reference.ask(question, who)
    for (const time of ['first', 'second', 'third'])
      compare(`by its id, ${time}`, await ways.id(question, who), expected, inWords(question, who))
    if (expected.data !== undefined) compared += 1
  }
  t.ok(compared > 20, `${compared} with data`)
})

/**
 * mercurius with graphql-jit, which compiles a document at its second use, on the schema of a gateway. Only its data is
 * compared, since its error messages differ.
 */
const compiling = async (t: Test, schema: Parameters<Execute>[0]): Promise<Execute> => {
  const app = fastify()
  await app.register(mercurius, {
    schema,
    routes: false,
    jit: 1,
    errorFormatter: ({ data, errors }) => ({
      statusCode: 200,
      response: { data: data as never, errors: errors as never }
    })
  })
  await app.ready()
  t.teardown(() => app.close())
  return async (_, { query, variables, operationName }, context) => {
    const { data } = await app.graphql(query, { ...context }, variables, operationName)
    return { data }
  }
}

void test('the comparison finds that graphql-jit merges conditions wrongly', async (t) => {
  const { reference } = await buildWorld(t)
  const compiled = await compiling(t, reference.schema)
  const who = { key: 'demo-hr', doel }
  const differs = async (question: Question): Promise<boolean> => {
    const expected = await reference.ask(question, who)
    if (expected.data === undefined || expected.errors.length > 0) return false
    const answers = [
      await reference.ask(question, who, compiled),
      await reference.ask(question, who, compiled),
      await reference.ask(question, who, compiled)
    ]
    return answers.some(({ data }) => data !== undefined && data !== expected.data)
  }
  const more = {
    query: `{ kandidaat(id: "${person}") { natuurlijkPersoon @skip(if: true) { ...F } natuurlijkPersoon { voornaam } } } fragment F on NatuurlijkPersoon { email gsm }`,
    variables: {}
  }
  const less = {
    query: `query($a: Boolean!) { vacaturesOpId(ids: ["${documented}"]) { ...F @include(if: $a) ...F } } fragment F on Vacature { id status }`,
    variables: { a: false }
  }
  t.ok((await differs(more)) && (await differs(less)))
  const wrongly = new Error('graphql-jit answers something else')
  const { errorInstance, numRuns } = await fc.check(
    fc.asyncProperty(fc.gen(), async (gen) => {
      if (await differs(randomQuestion(drawFrom(gen)))) throw wrongly
    }),
    { seed, numRuns: 300, endOnFailure: true }
  )
  t.equal(errorInstance, wrongly, `found among ${numRuns} documents`)
})

import { getNamedType, isInterfaceType, isLeafType, isObjectType } from 'graphql'
import type { GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType } from 'graphql'
import { readSchema } from '../../src/schema/index.ts'

/** One query, as a client may send it. */
export type Question = { query: string; variables: Record<string, unknown>; operationName?: string }
/** Draws a whole number from 0 to below `n`. */
export type Draw = (n: number) => number

const schema = readSchema()
export const documented = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
export const other = '9d86dbb5-3cba-4ef5-9172-38c0e6782746'
const unknown = '00000000-0000-4000-8000-00000000dead'
export const person = '30dbfef1-59df-4521-a111-964bf0208e68'

/** The fields of Query with valid arguments, and their frequencies. */
const roots: readonly (readonly [weight: number, field: string, args: readonly string[]])[] = [
  [5, 'vacature', [`(id: "${documented}")`, `(id: "Vacature:${other}")`, '(id: $id)', `(id: "${unknown}")`]],
  [
    4,
    'vacaturesOpId',
    [`(ids: ["${documented}", "${unknown}", "${other}"])`, '(ids: $ids)', '(ids: [$id, "no id"])', '(ids: [])']
  ],
  [
    4,
    'vacatures',
    [
      '(first: 2)',
      '(first: $n)',
      '(first: $size, filter: { postcode: ["2000", "9000"] })',
      '(first: 1, filter: { jobdomein: ["NOPE"] })',
      '(last: 2)',
      '(first: 0)',
      '(first: 3, sorteerveld: PUBLICATIE_DATUM)'
    ]
  ],
  [3, 'node', [`(id: "Vacature:${documented}")`, `(id: "Kandidaat:${person}")`, '(id: $id)']],
  [4, 'kandidaat', [`(id: "${person}")`, '(id: $id)']],
  [2, 'kandidaten', ['(first: 2)', '(first: $size)']],
  [1, 'referenties', ['(lijst: ERVARING)', '(lijst: $lijst)', '(lijst: DIPLOMAS, trefwoord: $code)']],
  [1, 'referentie', ['(lijst: TALEN, code: "N")', '(lijst: $lijst, code: $code)']],
  [1, 'vacaturesInitieel', ['(datum: "2022-12-13", first: 2)']],
  [1, 'vacatureWijzigingen', ['(van: "2026-02-12T00:00:00Z", tot: "2026-02-13T12:00:00Z", first: 2)']],
  [1, '__typename', ['']],
  [1, '__type', ['(name: "Referentie")', '(name: $code)']]
]

type Variable = { readonly type: string; readonly values: readonly unknown[]; readonly mayBeAbsent?: boolean }
const booleans = [true, false]
/** The variables that a document may use. `__proto__` only has its default, since a body that names it is refused. */
const pool: Readonly<Record<string, Variable>> = Object.fromEntries(
  Object.entries<Variable>({
    yes: { type: 'Boolean!', values: booleans },
    no: { type: 'Boolean!', values: booleans },
    maybe: { type: 'Boolean! = true', values: booleans, mayBeAbsent: true },
    constructor: { type: 'Boolean!', values: booleans },
    id: { type: 'ID!', values: [documented, `Vacature:${other}`, `Kandidaat:${person}`, unknown, 'no id', ''] },
    ids: { type: '[ID!]!', values: [[documented], [documented, other, documented], [], ['x', unknown], documented] },
    n: { type: 'Int', values: [1, 3, null, 0], mayBeAbsent: true },
    size: { type: 'Int = 2', values: [1, 5], mayBeAbsent: true },
    formaat: { type: 'TekstFormaat! = HTML', values: ['TEKST', 'RUW'], mayBeAbsent: true },
    vorm: { type: 'TekstFormaat', values: ['TEKST', 'HTML', null], mayBeAbsent: true },
    lijst: { type: 'Referentielijst!', values: ['TALEN', 'ERVARING'] },
    code: { type: 'String!', values: ['N', '0', 'ingenieur', 'Vacature', ''] }
  }).concat([['__proto__', { type: 'Boolean! = true', values: [], mayBeAbsent: true }]])
)
const conditions = ['true', 'false', '$yes', '$no', '$maybe', '$constructor', '$__proto__']
/**
 * Names with a special meaning in JavaScript; each is an alias of `__typename`, so that two of one name can be merged.
 */
const oddNames = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
const maxFragments = 6
const wrongValues = [null, 'x', 1, 1.5, true, [], [null], {}, { a: 1 }, '__proto__']

/** Fragments of text that make a document invalid, or valid by chance. */
const tokensOf = (text: string) => text.match(/"[^"]*"|\.\.\.|[$@]?\w+|[^\s\w]/g) ?? []
const strays = [
  'id',
  'status',
  'nodes',
  'naam',
  '__typename',
  'Vacature',
  'Node',
  'F0',
  'on',
  'fragment',
  'query',
  'mutation',
  '...',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ':',
  '!',
  '=',
  '$',
  '$yes',
  '$id',
  'null',
  '-1',
  '1.5',
  '99999999999',
  '"x"',
  '{ a: 1 }',
  'Int',
  '@skip(if: true)',
  '@skip',
  '@none',
  'x: status',
  'status: id',
  '{ id }',
  '...F0',
  '... on Functie { functieTitel }',
  'fragment G on Vacature { ...G }',
  '#'
]

/** Draws a query over the whole schema: mostly valid, with fragments, conditions and aliases at any position. */
export const randomQuestion = (draw: Draw): Question => {
  const chance = (percent: number) => draw(100) < percent
  const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T // of a list that is not empty
  const fragments = new Map<string, { on: GraphQLNamedType; text: string }>()

  const condition = (): string => {
    if (chance(70)) return ''
    const one = (name: string) => ` @${name}(if: ${pick(conditions)})`
    return chance(15) ? `${one('skip')}${one('include')}` : one(pick(['skip', 'include']))
  }

  type Composite = GraphQLObjectType | GraphQLInterfaceType
  const isComposite = (type: GraphQLNamedType): type is Composite => isObjectType(type) || isInterfaceType(type)

  const field = (type: Composite, depth: number, again: string[]): string => {
    if (chance(6)) return `${chance(50) ? `${pick(oddNames)}: ` : ''}__typename${condition()}`
    const repeated = again.length > 0 && chance(25) ? pick(again) : undefined
    const { name, args, type: result } = type.getFields()[repeated ?? ''] ?? pick(Object.values(type.getFields()))
    const below = getNamedType(result)
    if (!isLeafType(below) && depth <= 0) return '__typename'
    again.push(name)
    // An alias is derived from the field and its arguments, so that two of one name can be merged.
    const formaat =
      args.some((argument) => argument.name === 'formaat') && chance(60)
        ? pick(['TEKST', 'RUW', '$formaat', '$vorm'])
        : undefined
    const alias =
      formaat === undefined
        ? chance(10)
          ? `a_${name}: `
          : chance(1)
            ? `${pick(['id', 'status', 'x'])}: `
            : ''
        : `${name}_${formaat.replace('$', '')}: `
    return `${alias}${name}${formaat === undefined ? '' : `(formaat: ${formaat})`}${condition()}${isComposite(below) ? ` ${selection(below, depth - 1)}` : ''}`
  }

  /** The possible type conditions of a fragment on this type. */
  const applying = (type: Composite): readonly Composite[] =>
    isInterfaceType(type) ? [type, ...schema.getPossibleTypes(type)] : [type, ...type.getInterfaces()]

  const spread = (type: Composite, depth: number, again: string[]): string => {
    const on = pick(applying(type))
    if (chance(40))
      return `...${on !== type || chance(50) ? ` on ${on.name}` : ''}${condition()} ${selection(on, depth, on === type ? again : [])}`
    const known = [...fragments].filter(([, { on: found }]) => applying(type).some(({ name }) => name === found.name))
    if (known.length > 0 && chance(fragments.size < maxFragments ? 50 : 100))
      return `...${pick(known)[0]}${condition()}`
    if (fragments.size >= maxFragments || depth < 0) return '__typename'
    const text = selection(on, depth, [])
    const name = fragments.size === 3 ? '__proto__' : `F${fragments.size}`
    fragments.set(name, { on, text })
    return `...${name}${condition()}`
  }

  const selection = (type: Composite, depth: number, again: string[] = []): string => {
    const parts = Array.from({ length: 1 + draw(3) }, () =>
      chance(isInterfaceType(type) ? 60 : 25) ? spread(type, depth - 1, again) : field(type, depth, again)
    )
    return `{ ${parts.join(' ')} }`
  }

  const query = schema.getQueryType() as GraphQLObjectType // every schema here has one
  const root = (): string => {
    const [, name, args] = pick(roots.flatMap((one) => Array.from({ length: one[0] }, () => one)))
    const index = draw(args.length)
    const found = query.getFields()[name]
    const alias = name === '__typename' ? '' : `${name}_${index}: `
    const below = found && getNamedType(found.type)
    const inside =
      name === '__type' ? ' { name fields { name } }' : below && isComposite(below) ? ` ${selection(below, 3)}` : ''
    return `${alias}${name}${args[index] ?? ''}${condition()}${inside}`
  }
  const parts = Array.from({ length: 1 + draw(3) }, () =>
    chance(10) ? `...${chance(50) ? ' on Query' : ''}${condition()} { ${root()} }` : root()
  )
  const body = `{ ${parts.join('\n  ')} }\n${[...fragments].map(([name, { on, text }]) => `fragment ${name} on ${on.name} ${text}`).join('\n')}`
  const isUsed = (name: string) => new RegExp(`\\$${name}\\b`).test(body)
  const declared = Object.keys(pool).filter((name) => isUsed(name) && !chance(1))
  const text = `query Naam${declared.length === 0 ? '' : `(${declared.map((name) => `$${name}: ${pool[name]?.type ?? ''}`).join(', ')})`} ${body}`

  const variables: Record<string, unknown> = {}
  for (const name of declared) {
    const { values, mayBeAbsent = false } = pool[name] as Variable // declared from the pool
    if (values.length > 0 && !(mayBeAbsent && chance(40))) variables[name] = pick(values)
  }
  if (chance(8) && declared.length > 0) {
    const name = pick(declared)
    if (name !== '__proto__') {
      if (chance(30)) Reflect.deleteProperty(variables, name)
      else variables[name] = pick(wrongValues)
    }
  }
  const isSeveral = chance(8)
  const whole = isSeveral
    ? `${text}\nquery Ander { __typename }`
    : chance(30)
      ? text.replace('query Naam {', '{')
      : text
  const operationName = isSeveral ? pick(['Naam', 'Ander', 'Geen', undefined]) : undefined
  return {
    query: chance(15) ? edited(whole, draw, pick) : whole,
    variables,
    ...(operationName === undefined ? {} : { operationName })
  }
}

const edited = (text: string, draw: Draw, pick: <T>(items: readonly T[]) => T): string => {
  const parts = [...tokensOf(text)]
  for (let edits = 1 + draw(2); edits > 0; edits -= 1) {
    const at = draw(parts.length + 1)
    const how = draw(3)
    parts.splice(
      at,
      how === 1 ? 0 : 1,
      ...(how === 0 ? [] : [how === 1 || draw(2) === 0 ? pick(strays) : pick(tokensOf(text))])
    )
  }
  return parts.join(' ')
}

/** A seeded random generator (mulberry32). */
export const drawsOf = (seed: number): Draw => {
  let state = seed
  return (n) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n
  }
}

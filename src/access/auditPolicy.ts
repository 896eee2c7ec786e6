import { hash as digest } from 'node:crypto'
import { getNamedType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { fieldsOf, isPersonal, objectTypes, personalScopeOf, scopeOf } from '../schema/policy.ts'
import type { Consumers } from './consumers.ts'

type Needs = ReadonlySet<string>
/** Fields by the scopes that together open them (`"a b"`). A field can occur under several. */
export type Velden = Readonly<Record<string, readonly string[]>>
/**
 * The record of a policy: `consumenten` lists the scopes of each consumer with a key, and contains no key or hash of a
 * key.
 */
export type PolicyRecord = {
  readonly time: string
  readonly soort: 'beleid'
  readonly beleid: string
  readonly velden: Velden
  readonly consumenten: Readonly<Record<string, readonly string[]>>
  /** the issuer whose tokens are accepted; the tokens contain the scopes of their consumers */
  readonly uitgever?: string
}

const isWithin = (one: Needs, other: Needs) => [...one].every((scope) => other.has(scope))
const add = (needs: Needs, ...more: readonly (string | undefined)[]): Needs =>
  new Set([...needs, ...more.filter((scope) => scope !== undefined)])

/** The smallest sets of scopes with which each object type can be reached from the root fields. */
const reach = (schema: GraphQLSchema): ReadonlyMap<GraphQLObjectType, readonly Needs[]> => {
  const reached = new Map<GraphQLObjectType, readonly Needs[]>()
  const visit = (type: GraphQLNamedType, before: Needs) => {
    if (isInterfaceType(type)) for (const possible of schema.getPossibleTypes(type)) visit(possible, before)
    if (!isObjectType(type)) return
    const needs = add(before, scopeOf(schema, type))
    const known = reached.get(type) ?? []
    if (known.some((one) => isWithin(one, needs))) return
    reached.set(type, [...known.filter((one) => !isWithin(needs, one)), needs])
    for (const field of fieldsOf(type))
      visit(getNamedType(field.type), add(needs, scopeOf(schema, field), personalScopeOf(schema, field)))
  }
  for (const root of [schema.getQueryType(), schema.getSubscriptionType()]) if (root) visit(root, new Set())
  return reached
}

/** Every field with personal data, by the scopes that open it. */
export const veldenOf = (schema: GraphQLSchema): Velden => {
  const reached = reach(schema)
  const velden = new Map<string, string[]>()
  for (const type of objectTypes(schema))
    for (const field of fieldsOf(type)) {
      const scope = personalScopeOf(schema, field)
      if (scope === undefined && !isPersonal(schema, type)) continue
      for (const needs of reached.get(type) ?? []) {
        const key = [...add(needs, scope, scopeOf(schema, field))].sort().join(' ')
        velden.set(key, [...(velden.get(key) ?? []), `${type.name}.${field.name}`])
      }
    }
  return Object.fromEntries([...velden].sort(([a], [b]) => a.localeCompare(b, 'en')))
}

type Options = { schema: GraphQLSchema; consumers: Consumers; issuer?: string | undefined }

/**
 * The policy in force: which scopes open which personal field, and which consumer has which scopes. Its id is a hash of
 * both, so it changes when a consumer gets or loses a scope.
 */
export const createPolicy = ({ schema, consumers, issuer: uitgever }: Options) => {
  const velden = veldenOf(schema)
  const make = () => {
    const consumenten = Object.fromEntries(
      consumers
        .all()
        .map(({ name, scopes }) => [name, [...scopes].sort()] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
    )
    const content = { velden, consumenten, uitgever }
    const id = digest('sha256', JSON.stringify(content), 'hex').slice(0, 16)
    return { id, text: JSON.stringify({ soort: 'beleid', beleid: id, ...content }) }
  }
  let present = make()
  const listeners: (() => void)[] = []
  consumers.onReplace(() => {
    const { id } = present
    present = make()
    if (present.id !== id) for (const listener of listeners) listener()
  })
  return {
    id: () => present.id,
    /** The record of the policy, without its time. */
    text: () => present.text,
    /** Adds a listener that is called after each change. */
    onChange: (listener: () => void) => void listeners.push(listener)
  }
}

export type AccessPolicy = ReturnType<typeof createPolicy>

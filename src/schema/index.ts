import { readFileSync } from 'node:fs'
import { buildASTSchema, getArgumentValues, GraphQLDirective, parse, print } from 'graphql'
import type { ConstDirectiveNode, GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql'
import { scalars } from './scalars.ts'
import { describeScopes } from './scopes.ts'

const nouns = 'base vacature kandidaat referentie wijziging plaats taal beroep passend levensloop'.split(' ')

/**
 * The SDL of all nouns. It must be latin1: V8 interns its names, and a name in two bytes per character would make every
 * string that contains it use two bytes per character.
 */
export const readSdl = () =>
  nouns.map((noun) => readFileSync(new URL(`${noun}.graphql`, import.meta.url), 'utf8')).join('\n')

const readDocument = () => describeScopes(parse(readSdl()))

/** The whole SDL for consumers: with the scopes in the descriptions, and with all directives. */
export const printSdl = () => `${print(readDocument())}\n`

/** The schema from the SDL, with scalars and without resolvers. */
export const readSchema = (): GraphQLSchema => {
  const schema = buildASTSchema(readDocument())
  for (const [name, functions] of Object.entries(scalars)) Object.assign(schema.getType(name) ?? {}, functions)
  return schema
}

/** The arguments of a directive on a field or a type, undefined when it does not have the directive. */
export const directiveOn = (
  schema: GraphQLSchema,
  { astNode }: GraphQLField<unknown, unknown> | GraphQLNamedType,
  name: string
): Readonly<Record<string, unknown>> | undefined => {
  const directive = schema.getDirective(name)
  const nodes: readonly ConstDirectiveNode[] = astNode?.directives ?? []
  const node = nodes.find((candidate) => candidate.name.value === name)
  return directive instanceof GraphQLDirective && node ? getArgumentValues(directive, node) : undefined
}

import { readFileSync } from 'node:fs'
import { buildSchema, getArgumentValues, GraphQLDirective } from 'graphql'
import type { ConstDirectiveNode, GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql'
import { scalars } from './scalars.ts'

const nouns = ['base', 'vacature', 'kandidaat', 'referentie', 'wijziging']

/**
 * The SDL that consumers read, all nouns in one text. No character of it is beyond latin1: its names are pieces of it, V8 keeps
 * each name once for the whole process, and one that takes two bytes a character makes every text with it take as many.
 */
export const readSdl = () =>
  nouns.map((noun) => readFileSync(new URL(`${noun}.graphql`, import.meta.url), 'utf8')).join('\n')

/** The schema as written, with its scalars but without resolvers. */
export const readSchema = (): GraphQLSchema => {
  const schema = buildSchema(readSdl())
  for (const [name, functions] of Object.entries(scalars)) Object.assign(schema.getType(name) ?? {}, functions)
  return schema
}

/** The arguments with which a directive stands on a field or type, or undefined when it does not stand there. */
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

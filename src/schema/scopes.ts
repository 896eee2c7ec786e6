import { Kind, visit } from 'graphql'
import type { ConstDirectiveNode, DocumentNode, StringValueNode } from 'graphql'

type Described = {
  readonly description?: StringValueNode | undefined
  readonly directives?: readonly ConstDirectiveNode[] | undefined
}

/** The scope in a directive of a definition; undefined without that directive. */
const argumentOf = ({ directives = [] }: Described, directive: string, argument: string): string | undefined => {
  const value = directives
    .find(({ name }) => name.value === directive)
    ?.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.STRING ? value.value : undefined
}

/** A sentence about the scope of a definition, from its directives. */
const sentenceOf = (node: Described): string | undefined => {
  const scope = argumentOf(node, 'scope', 'naam')
  if (scope !== undefined) return `Needs the scope \`${scope}\`.`
  const personal = argumentOf(node, 'persoonsgegeven', 'scope')
  return personal === undefined ? undefined : `Personal data: null without the scope \`${personal}\`.`
}

/** The definition with the sentence in its description; undefined = it is unchanged. */
const withSentence = <T extends Described>(node: T): T | undefined => {
  const sentence = sentenceOf(node)
  if (sentence === undefined) return undefined
  const value = node.description ? `${node.description.value}\n\n${sentence}` : sentence
  return { ...node, description: { kind: Kind.STRING, value, block: true } }
}

/**
 * The SDL with the scope of each field and type in its description, from its directives. Introspection shows
 * descriptions, but no directives.
 */
export const describeScopes = (document: DocumentNode): DocumentNode =>
  visit(document, { FieldDefinition: withSentence, ObjectTypeDefinition: withSentence })

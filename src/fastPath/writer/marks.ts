import { getNamedType, isObjectType, Kind } from 'graphql'
import type { ConstDirectiveNode, GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql'

type Marked = {
  readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined
}

const markOn = ({ astNode }: Marked, name: string): ConstDirectiveNode | undefined =>
  astNode?.directives?.find((directive) => directive.name.value === name)
const scopeOn = (marked: Marked): string | undefined => {
  const value = markOn(marked, 'scope')?.arguments?.find(({ name }) => name.value === 'naam')?.value
  return value?.kind === Kind.STRING ? value.value : undefined
}

/**
 * What of the schema tells of people, whoever asks. More than what is marked: nothing that stands behind the scope of a
 * personal type is taken for harmless, not even how many there are.
 */
export const createMarks = (schema: GraphQLSchema) => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  const scopes = new Set(types.flatMap((type) => (markOn(type, 'persoonlijk') ? (scopeOn(type) ?? []) : [])))
  const isBehind = (marked: Marked) => scopes.has(scopeOn(marked) ?? '')
  const isPerson = (type: GraphQLNamedType) => isObjectType(type) && isBehind(type)
  const judged = new Map<GraphQLField<unknown, unknown>, boolean>()
  for (const type of types) {
    const isPersonal = markOn(type, 'persoonlijk') !== undefined
    for (const field of Object.values(type.getFields())) {
      judged.set(
        field,
        markOn(field, 'persoonsgegeven') !== undefined ||
          (isPersonal && markOn(field, 'openbaar') === undefined) ||
          isBehind(field) ||
          isPerson(type) ||
          isPerson(getNamedType(field.type))
      )
    }
  }
  return {
    /** Does a field of this type, `__typename` included, tell of a person? */
    tellsOfPeople: (type: GraphQLObjectType, field: GraphQLField<unknown, unknown> | undefined): boolean =>
      field ? (judged.get(field) ?? false) : isPerson(type)
  }
}

export type Marks = ReturnType<typeof createMarks>

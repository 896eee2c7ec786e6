import {
  getNamedType,
  isObjectType,
  Kind,
  OperationTypeNode,
  parse,
  typeFromAST,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo
} from 'graphql'
import type { DocumentNode, GraphQLField, GraphQLInputType, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { personalScopeOf, scopeOf } from '../schema/policy.ts'
import type { FormsOf } from './forms/index.ts'
import type { Form } from './forms/form.ts'
import type { Parameter } from './parameters.ts'
import type { Row } from './rows.ts'
import { wholeOf } from './selection.ts'

/** A field at the root of an operation, by its name in the response. */
export type SelectedRoot = { readonly name: string; readonly field: GraphQLField<unknown, unknown> }

/** A row with the properties that are derived from its operation. */
export type PreparedRow = Omit<Row, 'forms'> & {
  /** the forms of its response other than JSON, without disabled ones */
  readonly forms: readonly Form[]
  readonly parameters: readonly Parameter[]
  /** the names of its parameters in addition to those of the operation */
  readonly others: readonly string[]
  readonly roots: readonly SelectedRoot[]
  /** the scopes that every response of the row requires */
  readonly scopes: readonly string[]
  readonly object: GraphQLObjectType | undefined
  /** the document with all fields, and with those of a search item */
  readonly texts: { readonly whole: string; readonly usual: string }
  /** the default number of items of a page; undefined when the response is not a page */
  readonly pageSize: number | undefined
}

/** The scopes that a document uses: those of its types, and those of its personal fields. */
export type Touched = { readonly types: ReadonlySet<string>; readonly fields: ReadonlySet<string> }

/** Finds the scopes that a document uses. */
export const scopesIn = (schema: GraphQLSchema, document: DocumentNode): Touched => {
  const info = new TypeInfo(schema)
  const [types, fields] = [new Set<string>(), new Set<string>()]
  const add = (set: Set<string>, scope: string | undefined) => {
    if (scope !== undefined) set.add(scope)
  }
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: () => {
        const [field, parent] = [info.getFieldDef(), info.getParentType()]
        if (field) {
          add(types, scopeOf(schema, field))
          add(types, scopeOf(schema, getNamedType(field.type)))
          add(fields, personalScopeOf(schema, field))
        }
        if (parent) add(types, scopeOf(schema, parent))
      }
    })
  )
  return { types, fields }
}

/** The descriptions of the variables, taken from the arguments or members that use them. */
const descriptionsIn = (schema: GraphQLSchema, document: DocumentNode): ReadonlyMap<string, string> => {
  const info = new TypeInfo(schema)
  const found = new Map<string, string>()
  visit(
    document,
    visitWithTypeInfo(info, {
      Variable: (node, _key, parent) => {
        const isField = parent !== undefined && 'kind' in parent && parent.kind === Kind.OBJECT_FIELD
        const owner = isField ? info.getParentInputType() : undefined
        const member = owner && 'getFields' in owner && isField ? owner.getFields()[parent.name.value] : undefined
        const described = (member ?? info.getArgument())?.description
        if (typeof described === 'string' && !found.has(node.name.value)) found.set(node.name.value, described)
      }
    })
  )
  return found
}

const rootsOf = (schema: GraphQLSchema, document: DocumentNode): SelectedRoot[] => {
  const fields = schema.getQueryType()?.getFields() ?? {}
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? definition.selectionSet.selections.flatMap((selection) => {
          const field = selection.kind === Kind.FIELD ? fields[selection.name.value] : undefined
          return selection.kind === Kind.FIELD && field
            ? [{ name: (selection.alias ?? selection.name).value, field }]
            : []
        })
      : []
  )
}

const sizeOfPage = (roots: readonly SelectedRoot[]): number | undefined => {
  const [only, other] = roots
  const isPage = only && !other && getNamedType(only.field.type).name.endsWith('Connection')
  const size: unknown = only?.field.args.find(({ name }) => name === 'first')?.defaultValue
  return isPage && typeof size === 'number' ? size : undefined
}

/** The problem of a document that no row may have; undefined when it is valid. */
export const documentProblem = (schema: GraphQLSchema, text: string): string | undefined => {
  try {
    const document = parse(text)
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    const [operation] = operations
    if (
      operations.length !== 1 ||
      operation?.kind !== Kind.OPERATION_DEFINITION ||
      operation.operation !== OperationTypeNode.QUERY
    )
      return 'its document must hold one query'
    const [invalid] = validate(schema, document)
    if (invalid) return invalid.message
    if (rootsOf(schema, document).length !== operation.selectionSet.selections.length)
      return 'its document must select fields of Query, without fragments at the root'
    return undefined
  } catch {
    return 'its document cannot be parsed'
  }
}

/** Reads the parameters, scopes and result of a row from its operation. Without `formsOf` JSON is its only form. */
export const prepareRow = (schema: GraphQLSchema, row: Row, formsOf: FormsOf = () => []): PreparedRow => {
  const type = row.type === undefined ? undefined : schema.getType(row.type)
  const object = isObjectType(type) ? type : undefined
  const whole = row.document(object ? wholeOf(object) : '')
  const document = parse(whole)
  const descriptions = descriptionsIn(schema, document)
  const inPath = new Set([...row.url.matchAll(/:(\w+)/g)].map(([, name]) => name))
  const parameters = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? []).map(({ variable, type: node }): Parameter => {
          const name = variable.name.value
          const place = inPath.has(name) ? 'path' : row.method === 'POST' ? 'body' : 'query'
          // a variable of a valid document has an input type
          const given = typeFromAST(schema, node) as GraphQLInputType
          return { name, in: place, type: given, description: descriptions.get(name) }
        })
      : []
  )
  const roots = rootsOf(schema, document)
  return {
    ...row,
    forms: formsOf(row.forms),
    parameters,
    others: [...(object ? ['velden'] : []), ...(row.short === undefined ? [] : ['details'])],
    roots,
    scopes: [...new Set(roots.flatMap(({ field }) => scopeOf(schema, field) ?? []))],
    object,
    texts: { whole, usual: row.short === undefined ? whole : row.document(row.short) },
    pageSize: sizeOfPage(roots)
  }
}

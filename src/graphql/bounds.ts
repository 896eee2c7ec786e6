import { GraphQLError, Kind, Lexer, parse, Source, TokenKind } from 'graphql'
import type { DocumentNode, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import type { ErrorCode } from '../errors.ts'
import type { Fragments } from './selections.ts'

/** Levels of braces, brackets and parentheses in a document; the introspection query of GraphiQL takes 10. */
const maxNesting = 100
/** Selections in a document whose fragments are written out. */
export const maxSelections = 2000
/** Operations, and fragments, that a document may hold: each is judged with all the others. */
export const maxDefinitions = 100

/** A document that is not right; `code` is one of the catalogue. */
export const wrong = (message: string, code: ErrorCode = 'BAD_USER_INPUT') =>
  new GraphQLError(message, { extensions: { code } })

/** Too much is asked at once; nothing of it is done. */
export const tooCostly = (message: string) => wrong(message, 'QUERY_TOO_COSTLY')

/** Is this part of a document an operation, and not a fragment or a type? */
export const isOperation = (node: { kind: string }): node is OperationDefinitionNode =>
  node.kind === (Kind.OPERATION_DEFINITION as string)

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

// Parsers and walks call themselves for every level, and a stack has an end.
const refuseDeep = (query: string, maxTokens: number) => {
  const lexer = new Lexer(new Source(query))
  let depth = 0
  for (let tokens = 0; tokens <= maxTokens; tokens += 1) {
    const { kind } = lexer.advance()
    if (kind === TokenKind.EOF) return
    depth += opening.has(kind) ? 1 : closing.has(kind) ? -1 : 0
    if (depth > maxNesting) throw tooCostly(`The document is nested more than ${maxNesting} deep.`)
  }
  throw tooCostly(`The document holds more than ${maxTokens} tokens.`)
}

// Pricing and writing go through a fragment wherever it is spread: twenty that each spread the next one twice are a million.
const refuseSprawling = ({ definitions }: DocumentNode): number => {
  const fragments = new Map(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : []))
  )
  const sizes = new Map<string, number>()
  const sizeOfFragment = (name: string): number => {
    const known = sizes.get(name)
    if (known !== undefined) return known
    sizes.set(name, 0) // a fragment that spreads itself is refused by validation
    const size = sizeOf(fragments.get(name)?.selectionSet)
    sizes.set(name, size)
    return size
  }
  const sizeOf = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce(
      (sum, node) =>
        sum + 1 + (node.kind === Kind.FRAGMENT_SPREAD ? sizeOfFragment(node.name.value) : sizeOf(node.selectionSet)),
      0
    )
  const size = definitions.filter(isOperation).reduce((sum, { selectionSet }) => sum + sizeOf(selectionSet), 0)
  if (size > maxSelections)
    throw tooCostly(`The document selects more than ${maxSelections} fields once its fragments are written out.`)
  return size
}

/** Is this so short, and has so few brackets, that no maximum is in reach? Brackets in strings and comments count too. */
const isSmall = (query: string, maxTokens: number): boolean => {
  if (query.length > maxTokens) return false
  let brackets = 0
  for (let at = 0; at < query.length; at += 1) {
    const code = query.charCodeAt(at)
    if (code === 0x7b || code === 0x5b || code === 0x28) brackets += 1
  }
  return brackets <= maxNesting
}

/** A document of bounded tokens and depth. Throws GraphQLError. */
export const parseShallow = (query: string, { maxTokens }: { maxTokens: number }): DocumentNode => {
  // Of most nothing has to be counted, and no token is looked at twice.
  const isShort = isSmall(query, maxTokens)
  if (!isShort) refuseDeep(query, maxTokens)
  try {
    return parse(query, { maxTokens })
  } catch (error) {
    if (isShort) refuseDeep(query, maxTokens) // what is no token at all goes before what stands in the wrong place
    throw error
  }
}

/** Refuses a document of too many definitions or selections. Returns its size in selections, its fragments written out. Throws GraphQLError. */
export const refuseUnwieldy = (document: DocumentNode): number => {
  if (document.definitions.length > maxDefinitions)
    throw tooCostly(
      `The document holds ${document.definitions.length} operations and fragments; the maximum is ${maxDefinitions}.`
    )
  return refuseSprawling(document)
}

/** The most that one operation may hold. */
export type Maxima = { maxDepth: number; maxAliases: number; maxRootFields: number; maxDirectives: number }
type Measures = { depth: number; aliases: number; rootFields: number; directives: number }

const empty: Measures = { depth: 0, aliases: 0, rootFields: 0, directives: 0 }

/** What an operation holds with its fragments written out, whether @skip and @include leave it or not. */
const measure = ({ selectionSet, directives = [] }: OperationDefinitionNode, fragments: Fragments): Measures => {
  const known = new Map<string, Measures>()
  const ofFragment = (name: string): Measures => {
    const found = known.get(name)
    if (found) return found
    known.set(name, empty) // a fragment that spreads itself is refused by validation
    const measures = of(fragments.get(name)?.selectionSet)
    known.set(name, measures)
    return measures
  }
  const of = (set: SelectionSetNode | undefined): Measures =>
    (set?.selections ?? []).reduce((sum, node) => {
      const isField = node.kind === Kind.FIELD
      const below = node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : of(node.selectionSet)
      return {
        depth: Math.max(sum.depth, below.depth + (isField ? 1 : 0)),
        aliases: sum.aliases + below.aliases + (isField && node.alias ? 1 : 0),
        rootFields: sum.rootFields + (isField ? 1 : below.rootFields),
        directives: sum.directives + below.directives + (node.directives?.length ?? 0)
      }
    }, empty)
  const measures = of(selectionSet)
  return { ...measures, directives: measures.directives + directives.length }
}

/** Throws QUERY_TOO_COSTLY, naming what there is too much of, how much and the maximum. */
export const refuseLarge = (
  operation: OperationDefinitionNode,
  fragments: Fragments,
  { maxDepth, maxAliases, maxRootFields, maxDirectives }: Maxima
) => {
  const { depth, aliases, rootFields, directives } = measure(operation, fragments)
  for (const [what, count, max] of [
    ['levels of fields', depth, maxDepth],
    ['aliases', aliases, maxAliases],
    ['root fields', rootFields, maxRootFields],
    ['directives', directives, maxDirectives]
  ] as const) {
    if (count > max) throw tooCostly(`The operation has ${count} ${what}; the maximum is ${max}.`)
  }
}

import { GraphQLError, Kind, Lexer, parse, Source, TokenKind } from 'graphql'
import type { DocumentNode, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import type { ErrorCode } from '../errors.ts'
import type { Fragments } from './selections.ts'

/** The maximum depth of braces, brackets and parentheses in a document; the introspection query of GraphiQL has 10. */
const maxNesting = 100
/** The maximum number of selections in a document with its fragments expanded. */
export const maxSelections = 2000
/** The maximum number of operations and fragments in a document: validation compares each with all others. */
const maxDefinitions = 100

/** The error for an invalid document; `code` is one of the catalogue. */
export const wrong = (message: string, code: ErrorCode = 'BAD_USER_INPUT') =>
  new GraphQLError(message, { extensions: { code } })

/** The error for a request that exceeds a bound; no part of it is executed. */
export const tooCostly = (message: string) => wrong(message, 'QUERY_TOO_COSTLY')

/** Is this definition an operation, and not a fragment or a type? */
export const isOperation = (node: { kind: string }): node is OperationDefinitionNode =>
  node.kind === (Kind.OPERATION_DEFINITION as string)

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

// Parsers and visitors recurse for each level, and the stack is limited.
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

/**
 * Is the document so short, and are its brackets so few, that it cannot exceed a bound? Brackets in strings and
 * comments count too.
 */
const isSmall = (query: string, maxTokens: number): boolean => {
  if (query.length > maxTokens) return false
  let brackets = 0
  for (let at = 0; at < query.length; at += 1) {
    const code = query.charCodeAt(at)
    if (code === 0x7b || code === 0x5b || code === 0x28) brackets += 1
  }
  return brackets <= maxNesting
}

/** Parses a document of limited tokens and depth. Throws GraphQLError. */
export const parseShallow = (query: string, { maxTokens }: { maxTokens: number }): DocumentNode => {
  // Most documents are small and need no count of tokens.
  const isShort = isSmall(query, maxTokens)
  if (!isShort) refuseDeep(query, maxTokens)
  try {
    return parse(query, { maxTokens })
  } catch (error) {
    if (isShort) refuseDeep(query, maxTokens) // reports an invalid token before a misplaced one
    throw error
  }
}

type Measures = { selections: number; depth: number; aliases: number; rootFields: number; directives: number }
const empty: Measures = { selections: 0, depth: 0, aliases: 0, rootFields: 0, directives: 0 }

/** Measures selection sets with their fragments expanded, including fields under @skip and @include. */
const createMeasure = (fragments: Pick<Fragments, 'get'>) => {
  const known = new Map<string, Measures>()
  // Each fragment is measured once: twenty fragments that each spread the next one twice expand to a million.
  const ofFragment = (name: string): Measures => {
    const found = known.get(name)
    if (found) return found
    known.set(name, empty) // validation refuses a fragment that spreads itself
    const measures = measure(fragments.get(name)?.selectionSet)
    known.set(name, measures)
    return measures
  }
  const measure = (set: SelectionSetNode | undefined): Measures => {
    const sum = { ...empty }
    for (const node of set?.selections ?? []) {
      const isField = node.kind === Kind.FIELD
      const below = node.kind === Kind.FRAGMENT_SPREAD ? ofFragment(node.name.value) : measure(node.selectionSet)
      sum.selections += 1 + below.selections
      sum.depth = Math.max(sum.depth, below.depth + (isField ? 1 : 0))
      sum.aliases += below.aliases + (isField && node.alias ? 1 : 0)
      sum.rootFields += isField ? 1 : below.rootFields
      sum.directives += below.directives + (node.directives?.length ?? 0)
    }
    return sum
  }
  return measure
}

/**
 * Refuses a document with too many definitions or selections. Returns the number of its selections, with fragments
 * expanded. Throws GraphQLError.
 */
export const refuseUnwieldy = ({ definitions }: DocumentNode): number => {
  if (definitions.length > maxDefinitions)
    throw tooCostly(
      `The document holds ${definitions.length} operations and fragments; the maximum is ${maxDefinitions}.`
    )
  const fragments = new Map(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : []))
  )
  const measure = createMeasure(fragments)
  const size = definitions.filter(isOperation).reduce((sum, node) => sum + measure(node.selectionSet).selections, 0)
  if (size > maxSelections)
    throw tooCostly(`The document selects more than ${maxSelections} fields once its fragments are written out.`)
  return size
}

export type Maxima = { maxDepth: number; maxAliases: number; maxRootFields: number; maxDirectives: number }

/** Throws QUERY_TOO_COSTLY with the measure that exceeds its bound. */
export const refuseLarge = (
  { selectionSet, directives: own = [] }: OperationDefinitionNode,
  fragments: Fragments,
  { maxDepth, maxAliases, maxRootFields, maxDirectives }: Maxima
) => {
  const { depth, aliases, rootFields, directives } = createMeasure(fragments)(selectionSet)
  for (const [what, count, max] of [
    ['levels of fields', depth, maxDepth],
    ['aliases', aliases, maxAliases],
    ['root fields', rootFields, maxRootFields],
    ['directives', directives + own.length, maxDirectives]
  ] as const) {
    if (count > max) throw tooCostly(`The operation has ${count} ${what}; the maximum is ${max}.`)
  }
}

import type { Reader } from './reader.ts'

/** The bounds of one GraphQL request. */
export const readGraphql = (read: Reader, isProduction: boolean) => ({
  maxBodyBytes: read.integer('GRAPHQL_MAX_BODY_KB', 256, { min: 1, max: 10_240 }) * 1024,
  maxTokens: read.integer('GRAPHQL_MAX_TOKENS', 10_000, { min: 100, max: 1_000_000 }),
  maxBatch: read.integer('GRAPHQL_MAX_BATCH', 10, { min: 1, max: 100 }),
  maxCost: read.integer('MAX_COST', 1000, { min: 1, max: 1_000_000 }),
  maxDepth: read.integer('MAX_DEPTH', 20, { min: 1, max: 100 }),
  maxAliases: read.integer('MAX_ALIASES', 100, { min: 0, max: 5000 }),
  maxRootFields: read.integer('MAX_ROOT_FIELDS', 20, { min: 1, max: 5000 }),
  maxDirectives: read.integer('MAX_DIRECTIVES', 50, { min: 0, max: 5000 }),
  /** may the schema be asked for, and do errors suggest its names? */
  allowsIntrospection: read.oneOf('INTROSPECTION', isProduction ? 'false' : 'true', ['true', 'false']) === 'true'
})

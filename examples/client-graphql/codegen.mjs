// GATEWAY: the address of a gateway, whose schema is then read with KEY. Without it: the schema in this repository.
const { GATEWAY, KEY } = process.env

const config = {
  // Dates stay texts. A Long is a whole number that JSON holds exactly.
  scalars: { Date: 'string', DateTime: 'string', Long: 'number', JSON: 'unknown' },
  strictScalars: true,
  enumsAsTypes: true,
  useTypeImports: true,
  documentMode: 'documentNode'
}

/** Options of graphql-codegen: types of the schema, types of the operations, and a typed document for each. */
export default {
  schema: GATEWAY
    ? [{ [`${GATEWAY}/graphql`]: { headers: { 'x-api-key': KEY ?? 'demo-frontend' } } }]
    : '../../schema.graphql',
  documents: 'operations.graphql',
  generates: {
    'schema.generated.ts': { plugins: ['typescript'], config },
    'operations.generated.ts': { plugins: ['typescript-operations', 'typed-document-node'], config }
  }
}

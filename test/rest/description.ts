import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = Record<string, unknown>
export type Parameter = { name: string; in: string; required?: boolean; schema: Json; $ref?: string }
type Response = { $ref?: string; content?: Record<string, { schema: Json }> }
export type Operation = {
  operationId: string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Json }> }
  responses: Record<string, Response>
  'x-scopes'?: string[]
}
export type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: {
    responses: Record<string, Response>
    parameters: Record<string, Parameter>
    schemas: Record<string, Json>
  }
}

/** The committed description. */
export const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as Document // Spectral lints its shape

/** Checks a response against the description. */
export const inspectorOf = (document: Document) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('int32', true)
  ajv.addFormat('int64', true)
  ajv.addSchema({ ...document, $id: 'api' }, 'api')
  const validators = new Map<Json, ValidateFunction>()
  const validatorOf = (schema: Json) => {
    const own = () => ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as Json)
    const validate = validators.get(schema) ?? own()
    validators.set(schema, validate)
    return validate
  }
  return (path: string, method: string, status: number, type: string, text: string): string | undefined => {
    const operation = document.paths[path]?.[method]
    const declared = operation?.responses[status] ?? operation?.responses[`${Math.floor(status / 100)}XX`]
    const response = declared?.$ref ? document.components.responses[declared.$ref.split('/').at(-1) ?? ''] : declared
    if (!response) return `${method} ${path} has no ${status}: ${text.slice(0, 200)}`
    const media = type.split(';')[0] ?? ''
    const schema = response.content?.[media]?.schema
    if (response.content && !schema) return `${method} ${path} ${status} has no ${media}`
    if (!schema || !media.includes('json') || media.includes('ndjson')) return undefined
    const validate = validatorOf(schema)
    return validate(JSON.parse(text))
      ? undefined
      : `${path} ${status}: ${ajv.errorsText(validate.errors)} ${text.slice(0, 200)}`
  }
}

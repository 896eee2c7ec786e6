import { readFileSync } from 'node:fs'
import type { GraphQLSchema } from 'graphql'
import { ConfigError } from '../errors.ts'
import { isJsonObject } from '../formats/exactJson.ts'
import { prepareRow, documentProblem, type PreparedRow } from './prepare.ts'
import type { Deprecated } from './rows.ts'

type Json = Readonly<Record<string, unknown>>
type Manifest = ReadonlyMap<string, string>

const name = 'REST_OPERATIONS_FILE'
const paths = /^\/api\/eigen(\/(?:[\w.-]+|\{\w+\}))+$/
const members = ['path', 'method', 'document', 'id', 'summary', 'deprecated']

/** The document of an entry: its own text, or the document with its id in the manifest. */
const textOf = ({ document, id }: Json, manifest: Manifest): string | undefined => {
  if (typeof document === 'string' && id === undefined) return document
  return typeof id === 'string' && document === undefined ? manifest.get(id) : undefined
}

const days = /^\d{4}-\d\d-\d\d$/
const dayOf = (value: unknown): Date | undefined => {
  const day = typeof value === 'string' && days.test(value) ? new Date(value) : undefined
  return day === undefined || Number.isNaN(day.getTime()) ? undefined : day
}
/** The deprecation of an entry; undefined when it is invalid. */
const deprecatedOf = (value: unknown): Deprecated | undefined => {
  if (!isJsonObject(value)) return undefined
  const [since, sunset, link] = [dayOf(value['since']), dayOf(value['sunset']), value['link']]
  return since && sunset && typeof link === 'string' && /^[\x21-\x7e]+$/.test(link) && !/[<>]/.test(link)
    ? { since, sunset, link }
    : undefined
}

const rowOf = (schema: GraphQLSchema, entry: unknown, manifest: Manifest): PreparedRow | string => {
  if (!isJsonObject(entry)) return 'must be an object'
  const { path, method = 'GET', summary = 'An operation of the operator' } = entry
  const unknown = Object.keys(entry).find((member) => !members.includes(member))
  if (unknown !== undefined) return `has an unknown member; known are ${members.join(', ')}`
  if (typeof path !== 'string' || !paths.test(path)) return 'needs a path like /api/eigen/name/{variable}'
  if (method !== 'GET' && method !== 'POST') return 'has a method that is not GET or POST'
  if (typeof summary !== 'string') return 'has a summary that is no text'
  const deprecated = deprecatedOf(entry['deprecated'])
  const ending = deprecated === undefined ? {} : { deprecated }
  if (deprecated === undefined && entry['deprecated'] !== undefined)
    return 'has a deprecated that is not { since, sunset, link } with two days and an address'
  const text = textOf(entry, manifest)
  if (text === undefined) return 'needs either a document or the id of one in TRUSTED_DOCUMENTS_FILE'
  const problem = documentProblem(schema, text)
  if (problem !== undefined) return `is not right: ${problem}`
  const id = `eigen_${path.slice(11).replaceAll(/\W+/g, '_')}_${method}`
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
  const row = prepareRow(schema, { method, url, id, summary, document: () => text, ...ending })
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, variable]) => variable)
  const missing = inPath.find((variable) => !row.parameters.some((parameter) => parameter.name === variable))
  return missing === undefined ? row : `names {${missing}} in its path, which is no variable of its document`
}

/**
 * The rows of REST_OPERATIONS_FILE: trusted documents that the operator publishes under /api/eigen/. Throws ConfigError
 * when the file cannot be read, or with all invalid entries.
 */
export const readOperations = (
  schema: GraphQLSchema,
  { file, manifest }: { file: string; manifest: Manifest }
): readonly PreparedRow[] => {
  let entries: unknown
  try {
    entries = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new ConfigError([`${name} names a file that cannot be read, or is not JSON`])
  }
  if (!Array.isArray(entries)) throw new ConfigError([`${name} must be a JSON list of operations`])
  const made = entries.map((entry) => rowOf(schema, entry, manifest))
  const rows = made.filter((row) => typeof row !== 'string')
  const wrong = made.flatMap((row, index) => (typeof row === 'string' ? [`${name}: entry ${index + 1} ${row}`] : []))
  const shapes = rows.map(({ method, url }) => `${method} ${url.replaceAll(/:\w+/g, ':')}`)
  const twice = shapes.flatMap((shape, index) =>
    shapes.indexOf(shape) < index ? [`${name} has two operations for ${shape}`] : []
  )
  if (wrong.length + twice.length > 0) throw new ConfigError([...wrong, ...twice])
  return rows
}

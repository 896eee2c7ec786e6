import { stringify } from 'csv-stringify/sync'
import { Kind, type DocumentNode, type SelectionSetNode } from 'graphql'
import { isExactNumber, isJsonObject } from '../../formats/exactJson.ts'
import type { Form } from './form.ts'

type Path = readonly string[]

/** The separator between the items of a list. A backslash escapes it, and itself, inside an item. */
const separator = '|'
/** The last column: the parts of an item that failed. */
const problemColumn = 'probleem'

const belowOf = (set: SelectionSetNode | undefined, name: string): SelectionSetNode | undefined =>
  set?.selections.flatMap((node) => (node.kind === Kind.FIELD && node.name.value === name ? [node] : []))[0]
    ?.selectionSet

const leavesOf = ({ selections }: SelectionSetNode, above: Path = []): Path[] =>
  selections.flatMap((node) => {
    if (node.kind !== Kind.FIELD) return []
    const path = [...above, node.name.value]
    return node.selectionSet ? leavesOf(node.selectionSet, path) : [path]
  })

/** The columns of a page: the paths of the leaf fields, in the order of the document. */
const columnsOf = ({ definitions }: DocumentNode): readonly Path[] => {
  const [operation] = definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return []
  const [root] = operation.selectionSet.selections
  const nodes = belowOf(root?.kind === Kind.FIELD ? root.selectionSet : undefined, 'nodes')
  return nodes ? leavesOf(nodes) : []
}

/** The columns in the order of `velden`, which the document does not preserve. */
const inOrder = (columns: readonly Path[], query: string): readonly Path[] => {
  const velden = new URLSearchParams(query).getAll('velden').flatMap((text) => text.split(','))
  const rankOf = (column: Path) => {
    const name = column.join('.')
    return velden.findIndex((path) => name === path || name.startsWith(`${path}.`))
  }
  return velden.length === 0 ? columns : columns.toSorted((one, other) => rankOf(one) - rankOf(other))
}

/** The value at a path; below a list, the list of the values of its items. */
const valueAt = (value: unknown, path: Path): unknown => {
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path))
  const [first, ...rest] = path
  if (first === undefined) return value
  return isJsonObject(value) ? valueAt(value[first], rest) : null
}

// Spreadsheets run a text that begins with one of these as a formula (OWASP, CSV injection); an apostrophe makes it
// text.
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const harmless = (text: string) => (formula.test(text) ? `'${text}` : text)

const asText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (isExactNumber(value)) return value.source
  return value == null ? '' : JSON.stringify(value)
}
const asItem = (value: unknown) => asText(value).replace(/[\\|]/g, '\\$&')

/** One cell. Numbers are written as numbers: a negative number is not a formula. */
const cellOf = (value: unknown): string => {
  if (typeof value === 'number' || isExactNumber(value)) return asText(value)
  return harmless(Array.isArray(value) ? value.map(asItem).join(separator) : asText(value))
}

type Problem = { readonly code: unknown; readonly pad: string }

/** The failures in each item, by its index: the code, and the path below the item. */
const problemsIn = (problems: readonly Problem[]) => {
  const found = new Map<number, string[]>()
  for (const { code, pad } of problems) {
    const [, index, place] = /^nodes\.(\d+)\.?(.*)$/s.exec(pad) ?? []
    if (index !== undefined)
      found.set(Number(index), [...(found.get(Number(index)) ?? []), `${String(code)} ${place}`.trim()])
  }
  return found
}

/**
 * A page as CSV (RFC 4180): a row per item, a column per field, named by its path, and a last column with the failures.
 * A field that the scopes hide is empty.
 */
export const csv: Form = {
  name: 'csv',
  type: 'text/csv',
  suffix: '.csv',
  write: ({ body, document, query }) => {
    const columns = inOrder(columnsOf(document), query)
    // created by the route handler
    const nodes = body['nodes'] as readonly unknown[]
    const problems = problemsIn((body['problemen'] ?? []) as readonly Problem[])
    const rows = nodes.map((node, index) => [
      ...columns.map((path) => cellOf(valueAt(node, path))),
      (problems.get(index) ?? []).map(asItem).join(separator)
    ])
    const head = [...columns.map((path) => path.join('.')), problemColumn]
    return stringify([head, ...rows], { record_delimiter: 'windows' })
  }
}

import { isTree, type Value } from './tree.ts'

const depth = 50_000

/** Valid JSON that is nested 50,000 levels deep, in place of a list of results. */
export const deepNesting = `{"aantal":1,"resultaten":${'['.repeat(depth)}${']'.repeat(depth)}}`

// Every value replaced by one of another JSON type.
const other = (value: Value): Value => {
  if (Array.isArray(value)) return { eerste: 'proef' }
  if (isTree(value) || typeof value === 'number') return 'proef'
  return typeof value === 'string' ? 42 : null
}

const shapes: readonly ((body: Value) => Value)[] = [
  (body) =>
    isTree(body) ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, other(value)])) : other(body),
  () => 'proef',
  (body) => (Array.isArray(body) ? {} : []),
  () => null
]

/**
 * Valid JSON of the wrong shape. The turns of a fault give, in order: members with values of other types, a text, a
 * list in place of an object (and the other way round), and null.
 */
export const wrongShape = (body: string, turn: number) => {
  // The text was written by JSON.stringify, so it parses to a JSON value.
  const value = (body === '' ? null : JSON.parse(body)) as Value
  return JSON.stringify(shapes[turn % shapes.length]?.(value) ?? null)
}

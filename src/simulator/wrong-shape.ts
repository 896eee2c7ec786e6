import { isTree, type Value } from './tree.ts'

const depth = 50_000

/** Valid JSON that is nested 50,000 deep, where a list of results belongs. */
export const deepNesting = `{"aantal":1,"resultaten":${'['.repeat(depth)}${']'.repeat(depth)}}`

// Every value as one of another JSON type.
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
 * Valid JSON of another shape than a body has. The turns of a fault give, in order: its members with values of other
 * types, a text, a list in place of an object (and the other way round), and null.
 */
export const wrongShape = (body: string, turn: number) => {
  // The text was written by JSON.stringify, so it parses to a JSON value.
  const value = (body === '' ? null : JSON.parse(body)) as Value
  return JSON.stringify(shapes[turn % shapes.length]?.(value) ?? null)
}

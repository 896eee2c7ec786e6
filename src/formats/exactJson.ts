import { randomBytes } from 'node:crypto'

/** A number as it is written in JSON, where JavaScript would write it differently: `9007199254740993`, `1.0`, `-0`. */
export type ExactNumber = { readonly source: string }

// While JSON.parse or JSON.stringify runs, such a number is a string with a random prefix that no input can contain.
const mark = `#${randomBytes(16).toString('hex')}:`
const marked = new RegExp(`"${mark}([^"]+)"`, 'g')

/** A fast test: without a match, JavaScript would write every number of a list or an object unchanged. */
const mayBeExact = /[:,[]\s*-?\d(?:[\d.]{15}|\d*\.\d*0(?!\d)|\d*(?:\.\d+)?[eE]|(?<=-0)(?![.\d])|(?<=0)\.0{6})/
/** A string, which is skipped, or a number. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\s*:)/gs

let isWriting = false
let hasExactNumbers = false

// GraphQL and `Number()` call `valueOf`, JSON.stringify calls `toJSON`, `String()` calls `toString`.
const exactly = {
  valueOf(this: ExactNumber) {
    return this.source
  },
  toString(this: ExactNumber) {
    return this.source
  },
  toJSON(this: ExactNumber) {
    return isWriting ? `${mark}${this.source}` : Number(this.source)
  }
}

const exactNumber = (source: string): ExactNumber => {
  hasExactNumbers = true
  return Object.freeze(Object.assign(Object.create(exactly) as object, { source }))
}

/** Is this an ExactNumber? It is an object without members. */
export const isExactNumber = (value: unknown): value is ExactNumber =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === exactly

/** Is this a JSON object, and neither null, a list nor an exact number? */
export const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)

const unmarked = (value: unknown): unknown => {
  if (typeof value === 'string') return value.startsWith(mark) ? exactNumber(value.slice(mark.length)) : value
  if (typeof value !== 'object' || value === null) return value
  const members = value as Record<string, unknown> // the members of a list are named by their indexes
  for (const name of Object.keys(members)) {
    const member = members[name]
    const read = unmarked(member)
    if (read !== member) members[name] = read
  }
  return value
}

/** A parser and a serializer of JSON that preserve numbers: `stringify` writes the same digits that `parse` read. */
export const exactJson = {
  /**
   * Parses JSON. A number that JavaScript would write differently becomes an ExactNumber. Throws SyntaxError as
   * JSON.parse does.
   */
  parse: (text: string): unknown => {
    if (!mayBeExact.test(text)) return JSON.parse(text)
    return unmarked(
      JSON.parse(
        text.replace(tokens, (token) =>
          token.startsWith('"') || String(Number(token)) === token ? token : `"${mark}${token}"`
        )
      )
    )
  },
  /** Serializes a JSON value. */
  stringify: (value: unknown): string => {
    if (!hasExactNumbers) return JSON.stringify(value)
    isWriting = true
    try {
      const text = JSON.stringify(value)
      return text.includes(mark) ? text.replace(marked, '$1') : text
    } finally {
      isWriting = false
    }
  }
}

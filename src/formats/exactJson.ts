import { randomBytes } from 'node:crypto'

/** A number as JSON wrote it, where a number of JavaScript's would be written differently: `9007199254740993`, `1.0`, `-0`. */
export type ExactNumber = { readonly source: string }

// A text that nobody else can write stands for a number while JSON's own functions read or write it.
const mark = `#${randomBytes(16).toString('hex')}:`
const marked = new RegExp(`"${mark}([^"]+)"`, 'g')

/** A look that is cheap: where it finds nothing, JavaScript writes each number of a list or an object as it stands. */
const mayBeExact = /[:,[]\s*-?\d(?:[\d.]{15}|\d*\.\d*0(?!\d)|\d*(?:\.\d+)?[eE]|(?<=-0)(?![.\d])|(?<=0)\.0{6})/
/** A string, which is passed over, or a number. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\s*:)/gs

let isWriting = false
let wereMade = false

// GraphQL and `Number()` ask for `valueOf`, JSON.stringify for `toJSON`, `String()` for `toString`.
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
  wereMade = true
  return Object.freeze(Object.assign(Object.create(exactly) as object, { source }))
}

/** Is this a number that is kept as JSON wrote it? It is an object, and not one with members. */
export const isExactNumber = (value: unknown): value is ExactNumber =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === exactly

const unmarked = (value: unknown): unknown => {
  if (typeof value === 'string') return value.startsWith(mark) ? exactNumber(value.slice(mark.length)) : value
  if (typeof value !== 'object' || value === null) return value
  const members = value as Record<string, unknown> // a list's members are named by their places
  for (const name of Object.keys(members)) {
    const member = members[name]
    const read = unmarked(member)
    if (read !== member) members[name] = read
  }
  return value
}

/** JSON's functions for values whose numbers must leave as they came: what `parse` reads, `stringify` writes with the same digits. */
export const exactJson = {
  /** The value of a text. In it, a number that JavaScript would write differently is an ExactNumber. Throws SyntaxError as JSON.parse does. */
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
  /** The text of a JSON value. */
  stringify: (value: unknown): string => {
    if (!wereMade) return JSON.stringify(value)
    isWriting = true
    try {
      const text = JSON.stringify(value)
      return text.includes(mark) ? text.replace(marked, '$1') : text
    } finally {
      isWriting = false
    }
  }
}

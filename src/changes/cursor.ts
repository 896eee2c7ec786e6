import { createHash } from 'node:crypto'
import { badInput } from '../errors.ts'

/** The kinds of record that have a change feed at VDAB. */
export const feedNouns = ['vacature', 'kandidaat'] as const
export type Noun = (typeof feedNouns)[number]

/**
 * The position of a reader: it has received every change up to the instant `van` (ms). In the window from `van` to
 * `tot` it has also received `vanaf` of `totaal` rows, and `na` is the hash of the last of them. If the window was
 * narrowed, the rest of the original window, up to `eind`, is read afterwards.
 */
export type Position = {
  readonly van: number
  readonly tot?: number | undefined
  readonly eind?: number | undefined
  readonly vanaf?: number | undefined
  readonly totaal?: number | undefined
  readonly na?: string | undefined
}

/** A hash of a row for its cursor. Consumers store cursors in URLs and logs, so a cursor contains no id of a person. */
export const markOf = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 12)

const version = 1
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 1e15

/** Encodes a position as an opaque text for consumers. */
export const writeCursor = (noun: Noun, { van, tot, eind, vanaf, totaal, na }: Position): string =>
  Buffer.from(JSON.stringify({ v: version, noun, van, tot, eind, vanaf, totaal, na })).toString('base64url')

/** Decodes the result of `writeCursor`. Throws BAD_USER_INPUT, with `field`, for any other text. */
export const readCursor = (noun: Noun, text: string, field = 'sinds'): Position => {
  const wrong = () => badInput(field, `is not a cursor of changes to a ${noun}: give one as it was given to you`)
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(text.slice(0, 500), 'base64url').toString())
  } catch {
    throw wrong()
  }
  if (typeof read !== 'object' || read === null) throw wrong()
  // each member is checked below
  const { v, noun: named, van, tot, eind, vanaf, totaal, na } = read as Record<string, unknown>
  if (v !== version || named !== noun || !isCount(van)) throw wrong()
  if (tot === undefined) return { van }
  if (!isCount(tot) || tot < van || (eind !== undefined && (!isCount(eind) || eind < tot))) throw wrong()
  if (vanaf === undefined) return { van, tot, eind }
  if (!isCount(vanaf) || vanaf > 999_000_000 || !isCount(totaal) || typeof na !== 'string') throw wrong()
  return { van, tot, eind, vanaf, totaal, na }
}

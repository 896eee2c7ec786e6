import { createHash } from 'node:crypto'
import { badInput } from '../errors.ts'

/** What VDAB tells the changes of. */
export type Noun = 'vacature' | 'kandidaat'

/**
 * How far a reader has come: everything up to the instant `van` (ms) was delivered. In the middle of the window from `van`
 * to `tot`, `vanaf` rows of it were delivered too, of `totaal`, and `na` is the mark of the last one. After that window
 * comes the rest, up to `eind`, where the window was made smaller.
 */
export type Position = {
  readonly van: number
  readonly tot?: number | undefined
  readonly eind?: number | undefined
  readonly vanaf?: number | undefined
  readonly totaal?: number | undefined
  readonly na?: string | undefined
}

/** By what a cursor knows a row again: no id of a person stands in what consumers keep in addresses and logs. */
export const markOf = (id: string): string => createHash('sha256').update(id).digest('base64url').slice(0, 12)

const version = 1
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 1e15

/** A position as the opaque text that consumers keep. */
export const writeCursor = (noun: Noun, { van, tot, eind, vanaf, totaal, na }: Position): string =>
  Buffer.from(JSON.stringify({ v: version, noun, van, tot, eind, vanaf, totaal, na })).toString('base64url')

/** Reads what `writeCursor` wrote; throws BAD_USER_INPUT, naming `field`, on anything else. */
export const readCursor = (noun: Noun, text: string, field = 'sinds'): Position => {
  const wrong = () => badInput(field, `is not a cursor of changes to a ${noun}: give one as it was given to you`)
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(text.slice(0, 500), 'base64url').toString())
  } catch {
    throw wrong()
  }
  if (typeof read !== 'object' || read === null) throw wrong()
  const { v, noun: named, van, tot, eind, vanaf, totaal, na } = read as Record<string, unknown> // each member is looked at here
  if (v !== version || named !== noun || !isCount(van)) throw wrong()
  if (tot === undefined) return { van }
  if (!isCount(tot) || tot < van || (eind !== undefined && (!isCount(eind) || eind < tot))) throw wrong()
  if (vanaf === undefined) return { van, tot, eind }
  if (!isCount(vanaf) || vanaf > 999_000_000 || !isCount(totaal) || typeof na !== 'string') throw wrong()
  return { van, tot, eind, vanaf, totaal, na }
}

import { badInput, GatewayError } from '../errors.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Noun, Position } from './cursor.ts'

/** A day in ms. */
export const dayMs = 86_400_000
// By so much a clock may have been set back since a cursor was given.
const aheadMs = 60_000

type Dependencies = {
  /** how far before now a new reader starts, and how far VDAB's clock may be ahead, in ms */
  overlapMs: number
  skewMs: number
  /** the age past which VDAB no longer lists a change */
  maxDays: number
  now: () => number
}

/** Positions in a feed: the present one, and those of the cursors that clients send. */
export const createPositions = ({ overlapMs, skewMs, maxDays, now }: Dependencies) => {
  const positionOf = (noun: Noun, cursor: string, field?: string): Position => {
    const position = readCursor(noun, cursor, field)
    // None that was given says so, and its window would be read up to now again and again.
    if (Math.max(position.tot ?? 0, position.eind ?? 0) > now() + skewMs + aheadMs)
      throw badInput(field ?? 'sinds', 'is a cursor of the future')
    if (now() - (position.tot ?? position.van) > maxDays * dayMs) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        `This cursor is older than the ${maxDays} days that VDAB tells of; ` +
          'take a new export and go on with its cursor.',
        { field: field ?? 'sinds', status: 410 }
      )
    }
    return position
  }

  return {
    /** Where a reader that wants only what comes from now on starts. */
    cursor: (noun: Noun): string => writeCursor(noun, { van: now() - overlapMs }),
    /** Throws BAD_USER_INPUT, naming `field`, when this is no cursor; with status 410 when it is too old. */
    check: (noun: Noun, cursor: string, field?: string) => {
      positionOf(noun, cursor, field)
    },
    /** The position of a cursor. Throws as `check` does. */
    positionOf
  }
}

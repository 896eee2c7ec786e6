import { GatewayError } from '../errors.ts'
import type { Cause } from '../upstream/client.ts'
import type { Vdab } from '../vdab.ts'
import { readCursor, writeCursor } from './cursor.ts'
import type { Noun, Position } from './cursor.ts'
import { createReader, largestPage } from './window.ts'
import type { Row } from './window.ts'

/** One row of VDAB's feed as the gateway passes it on. Rows whose id is none (NOT_FOUND) never become one. */
export type Change = {
  readonly noun: Noun
  /** in lower case */
  readonly id: string
  /** VDAB's own word; anything but GEPUBLICEERD (vacature) or OPEN (kandidaat) means removed */
  readonly status: string
  /** who resumes with it gets everything after this change, at least once, in order per id */
  readonly cursor: string
}
/** A change, or only how far the reader has come. */
export type Followed = Change | { readonly cursor: string }
export type FollowOptions = {
  /** a cursor; without it only what comes from now on */
  sinds?: string | undefined
  signal: AbortSignal
  /** past so many bytes of changes that wait for this reader, it is ended */
  maxBytes?: number
}

type Dependencies = { vdab: Pick<Vdab, 'bulk'>; overlapMs: number; maxDays: number; now?: () => number }

const dayMs = 86_400_000
const maxSteps = 50

/** The changes that VDAB tells of, as pages and as a stream, on one cursor. */
export const createChanges = ({ vdab, overlapMs, maxDays, now = Date.now }: Dependencies) => {
  const readerOf = (noun: Noun, cause: Cause) => createReader({
    overlapMs,
    maxMs: maxDays * dayMs,
    now,
    ask: ({ van, tot, vanaf, aantal }) =>
      vdab.bulk(noun, { van: [new Date(van).toISOString()], tot: [new Date(tot).toISOString()], vanaf: [String(vanaf)], aantal: [String(aantal)] }, cause)
  })
  const cursorAt = (noun: Noun, position: Position) => writeCursor(noun, position)
  const positionOf = (noun: Noun, cursor: string): Position => {
    const position = readCursor(noun, cursor)
    const since = position.tot ?? position.van
    if (now() - since > maxDays * dayMs) throw new GatewayError('BAD_USER_INPUT', `This cursor is older than the ${maxDays} days that VDAB tells of; take a new export.`, { field: 'sinds', status: 410 })
    return position
  }
  const changesOf = (noun: Noun, rows: readonly { row: Row; position: Position }[]): Change[] =>
    rows.flatMap(({ row: { id, status }, position }) => (id === undefined ? [] : [{ noun, id, status, cursor: cursorAt(noun, position) }]))

  const cursor = (noun: Noun) => cursorAt(noun, { van: now() - overlapMs })

  const page = async (noun: Noun, sinds: string, aantal: number, cause: Cause) => {
    const reader = readerOf(noun, cause)
    let position = positionOf(noun, sinds)
    for (let left = maxSteps; left > 0; left -= 1) {
      const step = await reader.readOn(position, Math.min(aantal, largestPage))
      const changes = changesOf(noun, step.rows)
      position = step.position
      if (changes.length > 0 || position.tot === undefined) return { changes, cursor: cursorAt(noun, position), hasMore: position.tot !== undefined }
    }
    throw new GatewayError('UPSTREAM_UNAVAILABLE', 'The list of changes moves too fast to be read; ask again.', { retryAfter: 5, status: 503 })
  }

  async function* following(noun: Noun, from: string, signal: AbortSignal): AsyncGenerator<Followed> {
    let at = from
    yield { cursor: at }
    while (!signal.aborted) {
      const { changes, cursor: next, hasMore } = await page(noun, at, largestPage, { upstreamCalls: 0 })
      yield* changes
      yield { cursor: next }
      at = next
      if (!hasMore) await new Promise<void>((resolve) => { const timer = setTimeout(resolve, 1000); signal.addEventListener('abort', () => { clearTimeout(timer); resolve() }, { once: true }) })
    }
  }

  return {
    /** Where a reader that wants only what comes from now on starts. */
    cursor,
    /** One page after a cursor, read from VDAB's own feed, so it survives a restart of the gateway. */
    page,
    /** What came after `sinds` and then what comes, on one cursor; ends when `signal` aborts or the gateway stops. */
    follow: (noun: Noun, { sinds, signal }: FollowOptions): AsyncIterable<Followed> => {
      if (sinds !== undefined) positionOf(noun, sinds)
      return following(noun, sinds ?? cursor(noun), signal)
    }
  }
}

export type Changes = ReturnType<typeof createChanges>

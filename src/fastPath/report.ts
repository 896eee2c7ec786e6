import { accountOf, figuresOf, type AccountFigures, type AccountHolder } from '../access/account.ts'
import { doorOf, type Answered, type AnswerLookup, type Door } from '../http/answered.ts'
import type { CachedAnswer } from './answerCache.ts'
import type { Booking, Exchange } from './exchange.ts'

/** The report of an answer that the listener sends. */
export type Sent = { readonly status: number; readonly ms: number; readonly figures: AccountFigures }
export type Report = (exchange: Exchange, booking: Booking, sent: Sent) => void

const none: readonly string[] = []

/** The figures of a stored answer: it causes no call. */
export const figuresOfCached = (cached: CachedAnswer): AccountFigures => ({
  upstreamCalls: 0,
  ageMs: cached.ageMs,
  codes: none,
  shown: () => cached.versions
})

/** The figures of an answer: those of the stored answer, or of the request that it was computed for. */
export const figuresOfAnswer = (cached: CachedAnswer | undefined, { account }: AccountHolder): AccountFigures =>
  cached === undefined ? figuresOf(account) : figuresOfCached(cached)

/** Records that fastify sends a stored answer to this request. */
export const noteCached = (holder: AccountHolder, cached: CachedAnswer) => {
  const { ageMs, versions } = cached
  const { causes, readings } = accountOf(holder)
  causes.push({ upstreamCalls: 0 })
  readings.push({ figures: () => ({ oldestMs: ageMs }), versions: () => versions })
}

type Dependencies = {
  log: (exchange: Exchange, booking: Booking, status: number, ms: number) => void
  onAnswered: (event: Answered) => void
}

/** Logs and reports the answers of the listener, as hooks of fastify do for other answers. */
export const createReport =
  ({ log, onAnswered }: Dependencies): Report =>
  (exchange, booking, { status, ms, figures: { upstreamCalls, ageMs, codes, shown } }) => {
    log(exchange, booking, status, Math.round(ms))
    const { route } = booking.template
    onAnswered({
      door: doorOf(route),
      route,
      method: exchange.request.method ?? '',
      status,
      consumer: exchange.consumer.name,
      ms,
      upstreamCalls,
      ageMs,
      codes,
      shown
    })
  }

const lookups = new Map<Door, Readonly<Record<AnswerLookup['result'], AnswerLookup>>>()
/** A lookup of a whole answer; the same object each time. */
export const lookupOf = (door: Door, result: AnswerLookup['result']): AnswerLookup => {
  const known = lookups.get(door) ?? {
    hit: { door, result: 'hit' },
    miss: { door, result: 'miss' },
    coalesced: { door, result: 'coalesced' }
  }
  lookups.set(door, known)
  return known[result]
}

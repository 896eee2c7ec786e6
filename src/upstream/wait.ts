import { abandoned, GatewayError, isAbandoned } from '../errors.ts'
import type { CallReport } from './callFollower.ts'
import type { Cause } from './client.ts'

/**
 * The time limit of a call: it ends at `endsAt`, an instant of performance.now(), or when all callers are gone. Also
 * the requests that wait, if there can be several, and the listeners for each call.
 */
export type Claim = {
  readonly endsAt: number
  readonly isOver: () => boolean
  readonly causes?: (() => Iterable<Cause>) | undefined
  readonly onCall?: ((call: CallReport) => void) | undefined
}
/** The time limit of one request, for all of its calls. */
export type Wait = Claim & {
  /**
   * Starts the work and returns its result. Rejects when the time is over. Does not start the work if the time is over
   * or the client is gone.
   */
  readonly until: <T>(start: () => Promise<T>) => Promise<T>
}

// A call ends slightly before the request that started it, so that the request gets the error of the call.
const graceMs = 5
// A call that starts in the first tenth of a request's time ends with the request. A later call has its own time limit,
// since other requests may join it. So when VDAB hangs, concurrent requests fail at the same time.
const ownShare = 0.9

/** The error of a request or a call past its time limit. */
export const tooLong = () => new GatewayError('UPSTREAM_TIMEOUT', 'VDAB took too long to answer.')

/** The error for a call that is not started, since its claim is over. */
export const whyOver = ({ endsAt }: Claim) => (performance.now() >= endsAt ? tooLong() : abandoned())

type Options = {
  /** the time for all calls together, in ms; unlimited when absent */
  totalMs?: number
  /** its start, an instant of performance.now() */
  since?: number
  /** has the client disconnected? */
  isGone?: () => boolean
}

/**
 * The wait of one request. It starts its timer with the first call, since most requests are answered from the cache.
 */
export const createWait = ({ totalMs = Infinity, since = performance.now(), isGone = () => false }: Options): Wait => {
  const endsAt = since + totalMs
  let waiting: Set<() => void> | undefined
  let timer: NodeJS.Timeout | undefined
  const isLate = () => performance.now() >= endsAt

  const end = () => {
    timer = undefined
    const ended = waiting
    waiting = undefined
    for (const reject of ended ?? []) reject()
  }
  const enter = (reject: () => void) => {
    waiting ??= new Set()
    waiting.add(reject)
    timer ??= setTimeout(end, endsAt - performance.now() + graceMs)
  }
  const leave = (reject: () => void) => {
    waiting?.delete(reject)
    if (waiting && waiting.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }

  return {
    endsAt,
    isOver: () => isGone() || isLate(),
    until: <T>(start: () => Promise<T>): Promise<T> => {
      if (isGone()) return Promise.reject(abandoned())
      if (isLate()) return Promise.reject(tooLong())
      const work = start()
      if (endsAt === Infinity) return work
      return new Promise<T>((resolve, reject) => {
        const late = () => {
          reject(tooLong())
        }
        enter(late)
        // A call abandoned at the end of the time is a timeout, unless the client is gone.
        const rethrow = (error: unknown) => {
          throw isAbandoned(error) && isLate() && !isGone() ? tooLong() : error
        }
        work
          .finally(() => {
            leave(late)
          })
          .catch(rethrow)
          .then(resolve, reject)
      })
    }
  }
}

/** The wait of a long-lived reader, which a signal ends. */
export const waitFor = (signal: AbortSignal): Wait => createWait({ isGone: () => signal.aborted })

/** Half of the remaining time of a request, for an optional step. */
export const halfOf = (wait: Wait | undefined): Wait | undefined =>
  wait && createWait({ totalMs: Math.max(0, wait.endsAt - performance.now()) / 2, isGone: wait.isOver })

/** The claim of a fetch that starts now and that others may join. `endsAt` is the end of the request that starts it. */
export const claimOf = (
  { isOver, endsAt = Infinity }: { isOver: () => boolean; endsAt?: number | undefined },
  totalMs: number
): Claim => {
  const startedAt = performance.now()
  return { isOver, endsAt: Math.min(startedAt + totalMs, Math.max(endsAt, startedAt + ownShare * totalMs)) }
}

/** The claim of a fetch for several callers: it is over when all are over, and it ends at the earliest `endsAt`. */
export const claimOfAll = (claims: readonly (Claim | undefined)[]): Claim => ({
  isOver: () => claims.every((claim) => claim?.isOver() ?? false),
  endsAt: claims.reduce((first, claim) => Math.min(first, claim?.endsAt ?? Infinity), Infinity),
  causes: () => new Set(claims.flatMap((claim) => [...(claim?.causes?.() ?? [])])),
  onCall: (call) => {
    for (const claim of claims) claim?.onCall?.(call)
  }
})

/**
 * The result of the work, or UPSTREAM_TIMEOUT at the signal: undici ignores the signal while it connects to a proxy or
 * negotiates TLS.
 */
export const within = async <T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> => {
  if (signal.aborted) throw tooLong()
  let end: () => void = () => {}
  const ended = new Promise<never>((_, reject) => {
    end = () => {
      reject(tooLong())
    }
  })
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([start(), ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

import { abandoned, GatewayError, isAbandoned } from '../errors.ts'

/** Whether anybody still waits for a piece of work, and the instant on performance.now() at which its time is over. */
export type Claim = { readonly endsAt: number; readonly isOver: () => boolean }
/** How long one request waits for VDAB, in all of its calls. */
export type Wait = Claim & {
  /** What the work gives. Rejects when the time is over; then, and when the client has gone, nothing is started. */
  readonly until: <T>(start: () => Promise<T>) => Promise<T>
}

// A call that a request has led from its beginning ends just before the request does, so that the request hears how it ended.
const graceMs = 5
// A call that begins in the first tenth of a request's time ends with the request; a later one has a time of its own, since
// others may join it. So a hanging VDAB fails all who ask at one moment together.
const ownShare = 0.9

/** The error of a request, or of a call, whose time is over. */
export const tooLong = () => new GatewayError('UPSTREAM_TIMEOUT', 'VDAB took too long to answer.')

/** Why work is not begun whose claim is over. */
export const whyOver = ({ endsAt }: Claim) => (performance.now() >= endsAt ? tooLong() : abandoned())

type Options = {
  /** the time for all calls together, in ms; unlimited for work that is bounded elsewhere */
  totalMs?: number
  /** when it began, on performance.now() */
  since?: number
  /** has the client hung up? */
  isGone?: () => boolean
}

/**
 * The wait of one request. It is asked whether it is over, and listens to nothing: most requests wait for no call, and for them
 * it must cost nothing.
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
        // Work that was dropped in the last moment was dropped for want of time, as long as the client is there.
        const why = (error: unknown) => {
          throw isAbandoned(error) && isLate() && !isGone() ? tooLong() : error
        }
        work
          .finally(() => {
            leave(late)
          })
          .catch(why)
          .then(resolve, reject)
      })
    }
  }
}

/** The wait of a reader that stays, and ends with a signal. */
export const waitFor = (signal: AbortSignal): Wait => createWait({ isGone: () => signal.aborted })

/** A shorter wait of the same request, for a step without which it can do: half of the time that is left. */
export const halfOf = (wait: Wait | undefined): Wait | undefined =>
  wait && createWait({ totalMs: Math.max(0, wait.endsAt - performance.now()) / 2, isGone: wait.isOver })

/** The claim of a fetch that begins now and may be shared. `endsAt` is that of the request that leads it, if one does. */
export const claimOf = (
  { isOver, endsAt = Infinity }: { isOver: () => boolean; endsAt?: number | undefined },
  totalMs: number
): Claim => {
  const startedAt = performance.now()
  return { isOver, endsAt: Math.min(startedAt + totalMs, Math.max(endsAt, startedAt + ownShare * totalMs)) }
}

/** The claim of a fetch that serves several: it is over when all are, and ends with the first. */
export const claimOfAll = (claims: readonly (Claim | undefined)[]): Claim => ({
  isOver: () => claims.every((claim) => claim?.isOver() ?? false),
  endsAt: claims.reduce((first, claim) => Math.min(first, claim?.endsAt ?? Infinity), Infinity)
})

/** What the work gives, or UPSTREAM_TIMEOUT at the signal: connecting to a proxy or agreeing on TLS does not look at it. */
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

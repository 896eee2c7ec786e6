import { GatewayError } from '../../errors.ts'

/** An access token of VDAB; `endsAt` is an instant of the clock in ms. */
export type VdabToken = { readonly value: string; readonly endsAt: number }
/** Gets a new token; `refused` is a token that VDAB did not accept. */
export type TokenGrant = (refused?: string) => Promise<VdabToken>

// VDAB's tokens live 900 s (upstream.md §1.6) [strong]; clients renew them 60 s early.
const maxMarginMs = 60_000
// The margin for tokens with a shorter life: their last quarter.
const marginShare = 0.25
// VDAB may refuse each new token too, for instance when the key is the reason. After this many refusals in a row, a new
// token is tried at this interval. A single refused token may have been withdrawn before its first use.
const [maxRefused, retryRefusedMs] = [3, 5000]
// After a failure the token service is called again after this pause, which grows with each failure.
const [firstPauseMs, lastPauseMs] = [500, 4000]

type Dependencies = {
  grant: TokenGrant
  now: () => number
  /** the outcome of each call: undefined for a token */
  on?: (error: GatewayError | undefined) => void
}

/** The error when VDAB's token service, or the process that calls it, did not respond. */
export const unreachable = (cause: unknown) =>
  new GatewayError('UPSTREAM_UNAVAILABLE', "VDAB's token service could not be reached.", { cause })

/**
 * Stores one token, and renews it by one call at a time: in the background from a minute before its end, and before the
 * next call when it has ended or VDAB refused it. While the token service fails, callers get its last error at once,
 * and a valid token stays in use.
 */
export const createVdabTokens = ({ grant, now, on = () => {} }: Dependencies) => {
  let token: (VdabToken & { readonly renewFrom: number; isAccepted: boolean }) | undefined
  let refusedAt = -Infinity
  let refusedInARow = 0
  let renewing: Promise<VdabToken> | undefined
  let failure: { error: GatewayError; until: number; pauseMs: number } | undefined

  const renew = (refused?: string): Promise<VdabToken> => {
    if (renewing) return renewing
    if (failure && now() < failure.until) return Promise.reject(failure.error)
    renewing = grant(refused)
      .then(
        (granted) => {
          failure = undefined
          const marginMs = Math.min(maxMarginMs, marginShare * Math.max(0, granted.endsAt - now()))
          token = { ...granted, renewFrom: granted.endsAt - marginMs, isAccepted: false }
          on(undefined)
          return granted
        },
        (reason: unknown) => {
          const error = reason instanceof GatewayError ? reason : unreachable(reason)
          const pauseMs = Math.min(lastPauseMs, failure ? 2 * failure.pauseMs : firstPauseMs)
          failure = { error, pauseMs, until: now() + pauseMs * (0.5 + Math.random() / 2) }
          on(error)
          throw error
        }
      )
      .finally(() => {
        renewing = undefined
      })
    return renewing
  }

  return {
    /** A valid token. Rejects with UPSTREAM_REFUSED, UPSTREAM_UNAVAILABLE or UPSTREAM_TIMEOUT. */
    current: async (): Promise<VdabToken> => {
      if (token === undefined || now() >= token.endsAt) return renew()
      if (now() >= token.renewFrom) renew().catch(() => undefined) // `on` reports the error; this token is valid
      return token
    },
    /** Is this the current token, not yet accepted by VDAB? */
    isUnproven: (value: string): boolean => token?.value === value && !token.isAccepted,
    /** VDAB accepted this token. */
    accepted: (value: string) => {
      if (token?.value !== value) return
      token.isAccepted = true
      refusedInARow = 0
    },
    /** VDAB refused this token. Resolves to true once `current` returns another one; rejects as `current` does. */
    refused: async (value: string): Promise<boolean> => {
      if (token !== undefined && token.value !== value) return true
      if (token?.isAccepted === false && refusedInARow >= maxRefused && now() - refusedAt < retryRefusedMs) return false
      if (token !== undefined) {
        refusedAt = now()
        refusedInARow += 1
      }
      token = undefined
      return (await renew(value)).value !== value
    }
  }
}

export type VdabTokens = ReturnType<typeof createVdabTokens>

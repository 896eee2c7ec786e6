import type { CallEvent } from '../../upstream/attempt.ts'

type Outcome = 'ok' | 'unknown' | 'unauthenticated' | 'rate_limited' | 'refused' | 'unavailable' | 'timeout'

/** The outcome of a call to VDAB. `unknown`: VDAB does not know the id. */
export const outcomeOf = ({ status, error, isUnknown }: CallEvent): Outcome => {
  if (status === undefined) return error?.code === 'UPSTREAM_TIMEOUT' ? 'timeout' : 'unavailable'
  if (isUnknown) return 'unknown'
  if (status === 401) return 'unauthenticated'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'unavailable' : status >= 400 || status < 200 ? 'refused' : 'ok'
}

const ofCodes: Readonly<Record<string, Outcome>> = {
  UPSTREAM_REFUSED: 'refused',
  UPSTREAM_RATE_LIMITED: 'rate_limited',
  UPSTREAM_TIMEOUT: 'timeout'
}

/** The outcome of a call to VDAB's token service; without a code it returned a token. */
export const outcomeOfToken = (code: string | undefined): Outcome =>
  code === undefined ? 'ok' : (ofCodes[code] ?? 'unavailable')

import { setTimeout as delay } from 'node:timers/promises'
import type { GatewayError } from '../errors.ts'
import type { CallEvent } from './attempt.ts'

const trustMs = 60_000
const retryMs = 2000
// An orchestrator gives a health check one second.
const maxWaitMs = 500

type Status = 'ok' | 'refused' | 'unavailable'
type Observation = { status: Status; reason?: string; at: number }

const judge = ({ status, error }: CallEvent): Omit<Observation, 'at'> => {
  if (status === 401) return { status: 'refused', reason: 'VDAB refuses the key (status 401)' }
  if (status === 403) return { status: 'refused', reason: 'VDAB refuses the key for what was asked (status 403)' }
  if (status === undefined)
    return {
      status: 'unavailable',
      reason: error?.code === 'UPSTREAM_TIMEOUT' ? 'VDAB does not answer in time' : 'VDAB cannot be reached'
    }
  return status >= 500 ? { status: 'unavailable', reason: `VDAB fails (status ${status})` } : { status: 'ok' }
}

/** Without a token no call is sent, so the failure of the token service is the state of VDAB. */
const judgeToken = (error: GatewayError | undefined): Omit<Observation, 'at'> | undefined =>
  error && { status: error.code === 'UPSTREAM_REFUSED' ? 'refused' : 'unavailable', reason: error.message }
const notYet = { status: 'unavailable', reason: 'VDAB has not answered yet' } as const

/**
 * The state of VDAB, from the latest calls. The gateway is ready once VDAB has responded, and not ready when VDAB
 * refuses the key. During an outage it stays ready, since it serves cached answers. A key may be registered for only
 * some of VDAB's products: a 403 of one endpoint is ignored while another one responds. `probe` calls VDAB when there
 * is no recent result: at most once per 60 s while VDAB responds, otherwise once per 2 s.
 */
export const createHealth = ({ probe, now = Date.now }: { probe: () => Promise<unknown>; now?: () => number }) => {
  let latest: Observation | undefined
  let tokenFailure: GatewayError | undefined
  let hasAnswered = false
  let probedAt = -Infinity
  let probing: Promise<unknown> | undefined
  const answering = new Map<string, number>()

  const anotherAnswers = (endpoint: string) =>
    [...answering].some(([name, at]) => name !== endpoint && now() - at <= trustMs)

  const isDue = () => {
    const wait = latest?.status === 'ok' ? trustMs : retryMs
    return now() - probedAt > wait && (latest === undefined || now() - latest.at > wait)
  }

  const startProbe = () => {
    probedAt = now()
    probing = probe()
      .catch(() => undefined)
      .finally(() => {
        probing = undefined
      }) // `note` has recorded its result
  }

  return {
    /** Records the result of a call. */
    note(event: CallEvent) {
      const { endpoint, status } = event
      if (event.isRepeated) return
      const judged = judge(event)
      if (status === 401) answering.clear()
      if (judged.status === 'ok') answering.set(endpoint, now())
      else answering.delete(endpoint)
      if (status === 403 && anotherAnswers(endpoint)) return
      latest = { ...judged, at: now() }
      if (judged.status === 'ok') hasAnswered = true
    },
    /** Records the outcome of a call to VDAB's token service: undefined for a token. */
    noteToken(error: GatewayError | undefined) {
      tokenFailure = error
    },
    /** The state now. A due probe starts, and its result is visible at the next look-up. */
    look: (): { status: Status; reason?: string; isTokenUp: boolean } => {
      if (probing === undefined && isDue()) startProbe()
      const { status, reason } = judgeToken(tokenFailure) ?? latest ?? notYet
      return { status, ...(reason === undefined ? {} : { reason }), isTokenUp: tokenFailure === undefined }
    },
    async check(): Promise<{ isReady: boolean; upstream: { status: Status; reason?: string } }> {
      if (probing === undefined && isDue()) startProbe()
      if (probing) await Promise.race([probing, delay(maxWaitMs, undefined, { ref: false })])
      const { status, reason } = judgeToken(tokenFailure) ?? latest ?? notYet
      return {
        isReady: status === 'ok' || (hasAnswered && status === 'unavailable'),
        upstream: { status, ...(reason === undefined ? {} : { reason }) }
      }
    }
  }
}

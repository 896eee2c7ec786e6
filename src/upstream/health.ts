import type { CallEvent } from './client.ts'

const trustMs = 60_000
const againMs = 2000

type Seen = { status: 'ok' | 'refused' | 'unavailable'; reason?: string; at: number }

const judge = ({ status, error }: CallEvent): Omit<Seen, 'at'> => {
  if (status === 401) return { status: 'refused', reason: 'VDAB refuses the key (status 401)' }
  if (status === 403) return { status: 'refused', reason: 'VDAB refuses the key for what was asked (status 403)' }
  if (status === undefined) return { status: 'unavailable', reason: error?.code === 'UPSTREAM_TIMEOUT' ? 'VDAB does not answer in time' : 'VDAB cannot be reached' }
  return status >= 500 ? { status: 'unavailable', reason: `VDAB fails (status ${status})` } : { status: 'ok' }
}

/**
 * What the last call told about VDAB. The gateway is ready once VDAB has answered, and stops being ready when VDAB
 * refuses the key; a passing outage does not take it out of service, since what is cached can still be asked. A key may be
 * registered for some of VDAB's products only: 403 for one endpoint means nothing while another one answers.
 * `probe` makes one call when nothing recent is known: at most one in 60 s while all is well, one in 2 s while it is not.
 */
export const createHealth = ({ probe, now = Date.now }: { probe: () => Promise<unknown>; now?: () => number }) => {
  let seen: Seen | undefined
  let hasAnswered = false
  const answering = new Set<string>()
  let probing: Promise<unknown> | undefined

  const isStale = () => seen === undefined || now() - seen.at > (seen.status === 'ok' ? trustMs : againMs)

  return {
    /** Told of every call that ended. */
    note(event: CallEvent) {
      const { endpoint, status } = event
      if (status === 403 && [...answering].some((name) => name !== endpoint)) {
        answering.delete(endpoint)
        return
      }
      seen = { ...judge(event), at: now() }
      if (status === 401) answering.clear()
      if (seen.status === 'ok') answering.add(endpoint)
      if (seen.status === 'ok') hasAnswered = true
    },
    async check(): Promise<{ isReady: boolean; upstream: { status: Seen['status']; reason?: string } }> {
      if (isStale()) {
        probing ??= probe().catch(() => undefined).finally(() => { probing = undefined }) // what it met was noted as a call
        await probing
      }
      const { status, reason } = seen ?? { status: 'unavailable' as const, reason: 'VDAB has not answered yet' }
      return { isReady: status === 'ok' || (hasAnswered && status === 'unavailable'), upstream: { status, ...(reason === undefined ? {} : { reason }) } }
    }
  }
}

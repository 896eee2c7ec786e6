import type { CallEvent } from './client.ts'

const trustMs = 60_000
const againMs = 2000
const maxWaitMs = 500

type Status = 'ok' | 'refused' | 'unavailable'
type Seen = { status: Status; reason?: string; at: number }

const judge = ({ status, error }: CallEvent): Omit<Seen, 'at'> => {
  if (status === 401) return { status: 'refused', reason: 'VDAB refuses the key (status 401)' }
  if (status === 403) return { status: 'refused', reason: 'VDAB refuses the key for what was asked (status 403)' }
  if (status === undefined)
    return {
      status: 'unavailable',
      reason: error?.code === 'UPSTREAM_TIMEOUT' ? 'VDAB does not answer in time' : 'VDAB cannot be reached'
    }
  return status >= 500 ? { status: 'unavailable', reason: `VDAB fails (status ${status})` } : { status: 'ok' }
}

/** Half a second, or less when the probe is sooner: an orchestrator gives a check one second, and must not be kept waiting. */
const soon = async (probing: Promise<unknown>) => {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    probing,
    new Promise((resolve) => {
      timer = setTimeout(resolve, maxWaitMs)
    })
  ])
  clearTimeout(timer)
}

/**
 * What the last calls told about VDAB. The gateway is ready once VDAB has answered, and stops being ready when VDAB
 * refuses the key; a passing outage does not take it out of service, since what is cached can still be asked. A key may be
 * registered for some of VDAB's products only: 403 for one endpoint means nothing while another one answers.
 * `probe` asks VDAB when nothing recent is known: at most once in 60 s while all is well, once in 2 s while it is not,
 * however often `check` is called.
 */
export const createHealth = ({ probe, now = Date.now }: { probe: () => Promise<unknown>; now?: () => number }) => {
  let seen: Seen | undefined
  let hasAnswered = false
  let probedAt = -Infinity
  let probing: Promise<unknown> | undefined
  const answering = new Map<string, number>()

  const anotherAnswers = (endpoint: string) =>
    [...answering].some(([name, at]) => name !== endpoint && now() - at <= trustMs)

  const isDue = () => {
    const wait = seen?.status === 'ok' ? trustMs : againMs
    return now() - probedAt > wait && (seen === undefined || now() - seen.at > wait)
  }

  const startProbe = () => {
    probedAt = now()
    probing = probe()
      .catch(() => undefined)
      .finally(() => {
        probing = undefined
      }) // what it met was noted as a call
  }

  return {
    /** Told of every call that ended. */
    note(event: CallEvent) {
      const { endpoint, status } = event
      const judged = judge(event)
      if (status === 401) answering.clear()
      if (judged.status === 'ok') answering.set(endpoint, now())
      else answering.delete(endpoint)
      if (status === 403 && anotherAnswers(endpoint)) return
      seen = { ...judged, at: now() }
      if (judged.status === 'ok') hasAnswered = true
    },
    async check(): Promise<{ isReady: boolean; upstream: { status: Status; reason?: string } }> {
      if (probing === undefined && isDue()) startProbe()
      if (probing) await soon(probing)
      const { status, reason } = seen ?? { status: 'unavailable' as const, reason: 'VDAB has not answered yet' }
      return {
        isReady: status === 'ok' || (hasAnswered && status === 'unavailable'),
        upstream: { status, ...(reason === undefined ? {} : { reason }) }
      }
    }
  }
}

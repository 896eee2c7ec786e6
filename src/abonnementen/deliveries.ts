import type { State } from '../state/database.ts'
import type { Levering, Queue } from './queue.ts'
import type { Delivered, Sender } from './sender.ts'
import type { Abonnement, Store } from './store.ts'

type Dependencies = {
  state: State
  store: Store
  queue: Queue
  sender: Sender
  /** may the consumer of this subscription still receive deliveries at this address? */
  isPermitted: (abonnement: Abonnement) => boolean
  /** the receiver answered 410: the subscription has ended */
  onEnded: (abonnement: Abonnement) => void
  /** the maximum number of concurrent deliveries, over all subscriptions */
  concurrency: number
  warn: (message: string) => void
  now: () => number
  random?: () => number
}

const perAbonnement = 8
const perConsumer = 16
const tickMs = 500
const firstDelayMs = 5000
const longestDelayMs = 12 * 3_600_000
const maxAgeMs = 72 * 3_600_000
// After this many failures in a row, a receiver gets one delivery at a time, at most once a minute.
const failuresToRest = 3
const longestRestMs = 60_000

const types: Readonly<Record<string, string>> = {
  GEWIJZIGD: 'vacature.gewijzigd',
  VERLATEN: 'vacature.verlaten',
  VERWIJDERD: 'vacature.verwijderd',
  ONBEKEND: 'vacature.onbekend',
  ONVOLLEDIG: 'abonnement.onvolledig'
}

/** The content of a delivery: ids and kinds, and no data of the vacancy. */
const payloadOf = ({ abonnement, id, soort, gemaakt }: Levering) => ({
  type: types[soort],
  timestamp: new Date(gemaakt).toISOString(),
  data: id === '' ? { abonnement } : { abonnement, interneReferentie: id, soort }
})

const isSuccess = ({ status = 0 }: Delivered) => status >= 200 && status < 300
const textOf = ({ status, reason = 'ERROR' }: Delivered) => (status === undefined ? reason : String(status))

/** The state of a subscription: its running deliveries, and its failures since the last success. Instants in ms. */
type Health = { readonly busy: Set<number>; failures: number; failedAt: number; restsUntil: number }

/**
 * Sends the deliveries of the queue. Deliveries of one vacancy are sent one after another, those of different vacancies
 * at the same time. A failed delivery is retried after 5 s, 10 s … 12 h, with jitter, and given up 72 hours after the
 * first attempt. A receiver that hangs or fails uses one slot for a few seconds of each minute.
 */
export const createDeliveries = (dependencies: Dependencies) => {
  const {
    state,
    store,
    queue,
    sender,
    isPermitted,
    onEnded,
    concurrency,
    warn,
    now,
    random = Math.random
  } = dependencies
  const healths = new Map<string, Health>()
  const perName = new Map<string, number>()
  let underWay = 0
  let isStopped = false
  let first = 0

  const healthOf = (id: string): Health => {
    const found = healths.get(id) ?? {
      busy: new Set<number>(),
      failures: 0,
      failedAt: -Infinity,
      restsUntil: -Infinity
    }
    healths.set(id, found)
    return found
  }
  const delayOf = (pogingen: number, retryAfterMs = 0) =>
    Math.max(
      retryAfterMs,
      Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(pogingen, 20)) * (0.8 + 0.4 * random())
    )

  const fail = (levering: Levering, health: Health, delivered: Delivered, startedAt: number) => {
    // Concurrent deliveries fail together. That counts as one failure of their receiver.
    if (startedAt > health.failedAt) {
      health.failures += 1
      health.failedAt = now()
    }
    const rest = 1000 * 2 ** Math.min(health.failures - failuresToRest, 20)
    if (health.failures >= failuresToRest) health.restsUntil = now() + Math.min(longestRestMs, rest)
    if (now() - (levering.begonnen ?? now()) < maxAgeMs) {
      queue.later(levering, now() + delayOf(levering.pogingen, delivered.retryAfterMs), textOf(delivered))
      return
    }
    queue.giveUp(levering, textOf(delivered))
    warn('A delivery to a subscription was given up after 72 hours: GET /api/abonnementen/{id}/leveringen?status=DOOD.')
  }
  const note = (abonnement: Abonnement, levering: Levering, delivered: Delivered, startedAt: number) => {
    const health = healthOf(abonnement.id)
    if (delivered.status === 410) {
      onEnded(abonnement)
      return
    }
    if (!isSuccess(delivered)) {
      fail(levering, health, delivered, startedAt)
      return
    }
    health.failures = 0
    health.restsUntil = -Infinity
    queue.arrived(levering, textOf(delivered))
  }

  const deliver = async (abonnement: Abonnement, levering: Levering) => {
    const { id, consumer, url } = abonnement
    const { busy } = healthOf(id)
    const count = (by: number) => {
      underWay += by
      perName.set(consumer, (perName.get(consumer) ?? 0) + by)
    }
    const startedAt = now()
    busy.add(levering.volg)
    count(1)
    const message = { id: `${id}.${levering.volg}`, url, secrets: store.secretsOf(abonnement) }
    const delivered = await sender.send({ ...message, payload: payloadOf(levering) })
    busy.delete(levering.volg)
    count(-1)
    if (isStopped || !state.isOpen()) return // it is sent again after the next start
    const present = store.get(id)
    if (present?.status === 'ACTIEF') note(present, levering, delivered, startedAt)
    pump()
  }

  const startSome = (abonnement: Abonnement) => {
    const { id, consumer } = abonnement
    if (abonnement.status !== 'ACTIEF' || queue.waiting(id) === 0 || !isPermitted(abonnement)) return
    const { busy, failures, restsUntil } = healthOf(id)
    if (now() < restsUntil) return
    const own = failures >= failuresToRest ? 1 : perAbonnement
    const room = Math.min(own - busy.size, perConsumer - (perName.get(consumer) ?? 0), concurrency - underWay)
    if (room <= 0) return
    const next = queue.due(id, room + busy.size).filter(({ volg }) => !busy.has(volg))
    for (const levering of next.slice(0, room)) void deliver(abonnement, levering)
  }

  /** Starts all deliveries that may start now. Each run begins with another subscription, so that none is starved. */
  const pump = () => {
    if (isStopped || !state.isOpen()) return
    const all = store.all()
    first = all.length === 0 ? 0 : (first + 1) % all.length
    for (const abonnement of [...all.slice(first), ...all.slice(0, first)]) {
      if (underWay >= concurrency) return
      startSome(abonnement)
    }
  }
  const timer = setInterval(pump, tickMs).unref()

  return {
    pump,
    isBusy: (id: string, volg: number): boolean => healths.get(id)?.busy.has(volg) ?? false,
    forget: (id: string) => void healths.delete(id),
    /** Starts no more deliveries. Running deliveries are aborted, and sent again after the next start. */
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await sender.close()
    }
  }
}

export type Deliveries = ReturnType<typeof createDeliveries>

import { abandoned, GatewayError } from '../errors.ts'
import { limitedFor } from '../upstream/failures.ts'
import type { CallKind, Quota, ReportedQuota, Slot } from '../upstream/quota/contract.ts'
import { withTimeout } from './broadcast.ts'
import type { ToPrimary } from './messages.ts'
import { notify, type Handlers, type Rpc } from './rpc.ts'

type Ticket = { kind: CallKind; isOver: boolean; slot?: Slot }
type Messages = 'takeSlot' | 'changeSlot' | 'endSlot' | 'quotaState'

// The primary is notified of a change within this time: a request joins a background call, or a client disconnects.
const watchMs = 50
const maxStateMs = 500

/** The scheduler of the primary, as used by one worker. When a worker dies, its slots count as ended at that moment. */
export const createLender = (quota: Quota) => {
  const tickets = new Map<number, Ticket>()
  let isReleased = false

  const handlers: Pick<Handlers<ToPrimary>, Messages> = {
    takeSlot: async ({ ticket: number, kind, ...request }) => {
      const ticket: Ticket = { kind, isOver: isReleased }
      tickets.set(number, ticket)
      try {
        const live = { kind: () => ticket.kind, isOver: () => ticket.isOver }
        ticket.slot = await quota.take(request, live)
        if (isReleased) ticket.slot.giveBack()
        return { isGranted: true }
      } catch (error) {
        tickets.delete(number)
        return { isGranted: false, retryAfter: error instanceof GatewayError ? error.retryAfter : undefined }
      }
    },
    changeSlot: ({ ticket: number, kind }) => {
      const ticket = tickets.get(number)
      if (ticket && kind) ticket.kind = kind
      else if (ticket) ticket.isOver = true
    },
    endSlot: ({ ticket: number, told }) => {
      const slot = tickets.get(number)?.slot
      tickets.delete(number)
      if (told) slot?.end(told)
      else slot?.giveBack()
    },
    quotaState: () => quota.state()
  }
  return {
    handlers,
    release: () => {
      isReleased = true
      for (const ticket of tickets.values()) {
        ticket.isOver = true
        ticket.slot?.end({})
      }
      tickets.clear()
    }
  }
}

type Waiting = { kind: CallKind; isOver: boolean; readonly watched: Parameters<Quota['take']>[1] }

/** The scheduler of the primary, in a worker. While the primary does not respond, calls wait. */
export const createRemoteQuota = (rpc: Rpc<ToPrimary>): Quota => {
  const waiting = new Map<number, Waiting>()
  let lastTicket = 0
  let timer: NodeJS.Timeout | undefined

  const watch = () => {
    for (const [ticket, call] of waiting) {
      const [kind, isOver] = [call.watched.kind(), call.watched.isOver()]
      if (isOver && !call.isOver) notify(rpc, 'changeSlot', { ticket })
      else if (kind !== call.kind) notify(rpc, 'changeSlot', { ticket, kind })
      Object.assign(call, { kind, isOver })
    }
    timer = waiting.size > 0 ? setTimeout(watch, watchMs) : undefined
  }

  return {
    take: async (request, watched) => {
      const ticket = (lastTicket += 1)
      const kind = watched.kind()
      waiting.set(ticket, { kind, isOver: false, watched })
      timer ??= setTimeout(watch, watchMs)
      const answer = await rpc
        .ask('takeSlot', { ...request, ticket, kind })
        .catch((cause: unknown) => {
          throw new GatewayError('UPSTREAM_UNAVAILABLE', 'This gateway stops.', { status: 503, cause })
        })
        .finally(() => waiting.delete(ticket))
      if (!answer.isGranted) throw answer.retryAfter === undefined ? abandoned() : limitedFor(answer.retryAfter)
      let hasEnded = false
      const end = (told?: ReportedQuota) => {
        if (!hasEnded) notify(rpc, 'endSlot', { ticket, told })
        hasEnded = true
      }
      return { end, giveBack: () => end() }
    },
    state: async () => withTimeout(rpc.ask('quotaState', null), maxStateMs, {}).catch(() => ({}))
  }
}

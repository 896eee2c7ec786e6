import type { EndpointName } from '../endpoints.ts'

/** The classes of calls, in order of priority. */
export const kinds = ['interactive', 'refresh', 'feed', 'export'] as const
export type CallKind = (typeof kinds)[number]

/** The consumer of a call. A consumer with weight 2 has twice the share of one with weight 1. */
export type Payer = { readonly name: string; readonly weight?: number | undefined }

/**
 * A request for a slot. `waitMs` is the maximum wait; undefined = no limit. The call is charged to that one of its
 * consumers that has used the least of its share. `isRepeated` marks a call that was already charged, and that VDAB
 * refused because of the gateway's own credentials; it takes any free slot.
 */
export type SlotRequest = {
  readonly endpoint: EndpointName
  readonly consumers: readonly Payer[]
  readonly waitMs?: number | undefined
  readonly isRepeated?: boolean | undefined
}
/** The properties that may change while a call waits. */
export type Watched = {
  readonly kind: () => CallKind
  /** does no caller wait for the call any more? */
  readonly isOver: () => boolean
}
/** The quota in a response: VDAB's limit, the remaining calls, and after a 429 how long VDAB accepts no calls (ms). */
export type ReportedQuota = {
  readonly limit?: number | undefined
  readonly remaining?: number | undefined
  readonly fullForMs?: number | undefined
}
/**
 * The permission for one call. The caller ends it with one of these functions; later calls of either have no effect.
 */
export type Slot = {
  /** the response has arrived, or the call has failed */
  readonly end: (reported: ReportedQuota) => void
  /** the call was not sent */
  readonly giveBack: () => void
}
/** The use of one endpoint: its limit, the slots in use, the waiting calls of each class. */
export type LaneState = {
  readonly limit: number
  readonly used: number
  readonly waiting: Readonly<Partial<Record<CallKind, number>>>
}

/** The use of each endpoint with calls. */
export type QuotaState = Readonly<Record<string, LaneState>>

/** One endpoint in a process that shares VDAB's limit with other processes: its use, out of the `whole` limit. */
export type LaneFacts = LaneState & { readonly whole: number }

/** The part of one endpoint's limit that this process may use. */
export type LanePart = {
  readonly capacity: () => number
  /** the sum of the parts of the other processes */
  readonly siblings: () => number
  /** Resolves when the part is as large as possible now; undefined = it is large enough. */
  readonly ready: (kind: CallKind) => Promise<unknown> | undefined
}

/**
 * The contract of the scheduler of calls. `take` resolves to a slot when the call may be sent. It rejects with
 * UPSTREAM_RATE_LIMITED and an estimated `retryAfter` as soon as the call cannot be sent within `waitMs`. It rejects
 * with any error when `isOver` is true, since no caller receives the error.
 *
 * Several processes or machines can share one scheduler. `SlotRequest`, `ReportedQuota` and the kind are plain data.
 * Times are durations, so the clocks may differ. A slot is counted from the grant until a minute after its end was
 * reported, so delayed messages use less of the limit, never more. A holder that dies reports no ends, so the scheduler
 * ends its slots when it detects the death. A scheduler starts without slots; it relies on VDAB's own count
 * (`remaining`) for earlier calls.
 */
export type Quota = {
  take: (asked: SlotRequest, live: Watched) => Promise<Slot>
  state: () => QuotaState | Promise<QuotaState>
}

import type { EndpointName } from '../endpoints.ts'

/** The classes of calls, in the order in which they go when calls wait. */
export const kinds = ['interactive', 'refresh', 'feed', 'export'] as const
export type CallKind = (typeof kinds)[number]

/** Who a call is for. A consumer with weight 2 has twice the share of one with weight 1. */
export type Payer = { readonly name: string; readonly weight?: number | undefined }

/**
 * A call that asks for a slot. `waitMs` is how long it can wait; undefined = without a limit. It is charged to the one
 * of its consumers that has used the least of its share. A call that was charged before, and that VDAB refused because
 * of the gateway's own credentials, is repeated with `isRepeated` and takes any free slot.
 */
export type SlotRequest = {
  readonly endpoint: EndpointName
  readonly consumers: readonly Payer[]
  readonly waitMs?: number | undefined
  readonly isRepeated?: boolean | undefined
}
/** What may change while a call waits. */
export type Watched = {
  readonly kind: () => CallKind
  /** does nobody wait for the call any more? */
  readonly isOver: () => boolean
}
/** The quota in an answer: VDAB's limit, the rest of it, and after a 429 how long VDAB takes no calls (ms). */
export type Told = {
  readonly limit?: number | undefined
  readonly remaining?: number | undefined
  readonly fullForMs?: number | undefined
}
/** The permission for one call. The caller ends it in one of two ways; later calls of either have no effect. */
export type Slot = {
  /** the answer has arrived, or the call has failed */
  readonly end: (told: Told) => void
  /** the call was not sent */
  readonly giveBack: () => void
}
/** The use of one endpoint: its limit, the slots in use, the waiting calls of each class. */
export type LaneState = {
  readonly limit: number
  readonly used: number
  readonly waiting: Readonly<Partial<Record<CallKind, number>>>
}

/** The use of each endpoint that was called. */
export type QuotaState = Readonly<Record<string, LaneState>>

/** One endpoint in a process that shares VDAB's limit with others: what it uses, out of the `whole` limit. */
export type LaneFacts = LaneState & { readonly whole: number }

/** The part of one endpoint's limit that this process may use. */
export type LanePart = {
  readonly capacity: () => number
  /** the parts of the other processes, together */
  readonly siblings: () => number
  /** Resolves when the part is as large as it can be now; undefined = it is large enough. */
  readonly ready: (kind: CallKind) => Promise<unknown> | undefined
}

/**
 * The contract of whoever decides which call goes next. `take` resolves to a slot when it is the call's turn. It
 * rejects with UPSTREAM_RATE_LIMITED and an estimated `retryAfter` as soon as the call cannot go within `waitMs`, and
 * with any error when `isOver`, since nobody receives it.
 *
 * Several processes or machines can share one scheduler. `SlotRequest`, `Told` and the kind are plain data. Times are
 * durations, so clocks need not agree. A slot is counted from the grant until a minute after its end was reported:
 * delays of messages use less of the limit, never more. A holder that dies reports no ends, so the scheduler ends its
 * slots when it learns of the death. A scheduler that starts knows no slots; VDAB's own count (`remaining`) is its
 * memory.
 */
export type Quota = {
  take: (asked: SlotRequest, live: Watched) => Promise<Slot>
  state: () => QuotaState | Promise<QuotaState>
}

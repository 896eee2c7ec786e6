import type { DayBooked } from '../access/dailyQuota.ts'
import type { Noun } from '../changes/cursor.ts'
import type { FeedEvent } from '../changes/events.ts'
import type { Progress } from '../changes/feed.ts'
import type { CounterKind, Grant, LeaseRequest, Returned } from '../sharing/contract.ts'
import type { TokenOrFailure } from '../upstream/credentials/shared.ts'
import type { Snapshot } from '../telemetry/metrics/registry.ts'
import type { ProcessState, StatusFacts } from '../telemetry/status/facts.ts'
import type { CallKind, QuotaState, ReportedQuota, SlotRequest } from '../upstream/quota/contract.ts'

type CounterOf = { readonly kind: CounterKind; readonly name: string }

type Invalidated = { noun: Noun; ids: readonly string[]; before: number }

export type ToPrimary = {
  /** Joins: the primary sends all events from now on. */
  hello: {
    asks: null
    gets: {
      port: number
      tokenSecret: string
      simulatorUrl?: string | undefined
      /** undefined = each worker writes to its own stdout */
      auditFile?: string | undefined
      feeds: Readonly<Record<Noun, Progress>> | undefined
    }
  }
  /** The worker accepts connections. */
  listening: { asks: { address: string }; gets: unknown }
  lease: { asks: CounterOf & LeaseRequest; gets: Grant }
  giveBack: { asks: CounterOf & Returned; gets: unknown }
  bookDay: { asks: { name: string; hashes: readonly string[]; maximum: number }; gets: DayBooked }
  takeBackDay: { asks: { name: string; hashes: readonly string[] }; gets: unknown }
  /** Appends records to the audit file; the response is sent after the write. */
  audit: { asks: { records: readonly string[] }; gets: unknown }
  /** Writes the policy in force to the audit file. */
  auditPolicy: { asks: { policy: string }; gets: unknown }
  /** Gets VDAB's token; `refused` is a token that VDAB did not accept. */
  token: { asks: { refused: string | undefined }; gets: TokenOrFailure }
  /** Waits for the slot of one call to VDAB; `ticket` identifies it in later messages of the worker. */
  takeSlot: {
    asks: SlotRequest & { ticket: number; kind: CallKind }
    gets: { isGranted: boolean; retryAfter?: number | undefined }
  }
  /** The class of a waiting call has changed; without `kind`, no caller waits for it any more. */
  changeSlot: { asks: { ticket: number; kind?: CallKind }; gets: unknown }
  /** The response has arrived; `told` is absent when the call was not sent. */
  endSlot: { asks: { ticket: number; told?: ReportedQuota | undefined }; gets: unknown }
  quotaState: { asks: null; gets: QuotaState }
  /** Invalidates records in every worker; fails when a worker does not respond in time. */
  changed: { asks: Invalidated; gets: unknown }
  forgetPerson: { asks: { cvId: string }; gets: unknown }
  poll: { asks: null; gets: unknown }
  /** The metrics and the state of all processes together. */
  metrics: { asks: null; gets: string }
  status: { asks: null; gets: StatusFacts }
}

/** The counts and the state of one process. */
export type WorkerReport = { readonly metrics: Snapshot; readonly state: ProcessState }

export type ToWorker = {
  /** Returns the unused part of a lease. */
  recall: { asks: CounterOf; gets: Returned }
  feed: { asks: { noun: Noun; event: FeedEvent }; gets: unknown }
  changed: { asks: Invalidated; gets: unknown }
  forgetPerson: { asks: { cvId: string }; gets: unknown }
  /** The counts of this worker. */
  report: { asks: null; gets: WorkerReport }
  /** The number of workers that accept connections. */
  count: { asks: { workers: number }; gets: unknown }
  /** /health/ready responds 503 from now on. */
  drain: { asks: null; gets: unknown }
  stop: { asks: null; gets: unknown }
}

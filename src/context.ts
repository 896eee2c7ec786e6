import type { Consumer } from './access/consumers.ts'
import type { Personal } from './access/personal.ts'
import type { Followed } from './changes/changes.ts'
import type { Noun } from './changes/cursor.ts'
import type { VdabForRequest } from './vdab/lookup.ts'

export type { VdabRecord } from './upstream/records.ts'

/** What a subscription is told: the root of the answer, and the cursor after which the next one comes. */
export type LiveEvent = { readonly cursor: string } & Readonly<Record<string, unknown>>

/** How a subscription hears of changes. */
export type Live = { follow: (noun: Noun, options: { needsRecords: boolean }) => AsyncIterable<Followed> }

/** What a resolver can reach. */
export type Context = {
  readonly consumer: Consumer
  /** throws FORBIDDEN when the consumer lacks the scope */
  readonly requireScope: (scope: string) => void
  readonly vdab: VdabForRequest
  /** what of people was hidden from this request, and what was shown */
  readonly personal: Personal
  /** on a subscription, where VDAB's changes are followed */
  readonly live?: Live | undefined
}

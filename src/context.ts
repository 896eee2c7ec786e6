import type { Consumer } from './access/consumers.ts'
import type { Personal } from './access/personal.ts'
import type { Followed } from './changes/changes.ts'
import type { Noun } from './changes/cursor.ts'
import type { Enrichment } from './enrichment/index.ts'
import type { VdabForRequest } from './vdab/lookup.ts'

export type { VdabRecord } from './upstream/records.ts'

/** One event of a subscription: the root value of the response, and the cursor from which the client resumes. */
export type LiveEvent = { readonly cursor: string } & Readonly<Record<string, unknown>>

/** The changes that a subscription follows. */
export type Live = { follow: (noun: Noun, options: { needsRecords: boolean }) => AsyncIterable<Followed> }

/** The context of the resolvers. */
export type Context = {
  readonly consumer: Consumer
  /** throws FORBIDDEN when the consumer lacks the scope */
  readonly requireScope: (scope: string) => void
  readonly vdab: VdabForRequest
  /** the fields in addition to VDAB's own */
  readonly enrichment: Enrichment
  /** collects the personal data that was shown to this request or hidden from it */
  readonly personal: Personal
  /** only in a subscription */
  readonly live?: Live | undefined
}

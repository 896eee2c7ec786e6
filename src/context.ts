import type { Consumer } from './access/consumers.ts'
import type { VdabForRequest } from './vdab.ts'

/** A record as VDAB sends it: any branch may be missing, any member may be new. */
export type VdabRecord = Readonly<Record<string, unknown>>

/** What a resolver can reach. */
export type Context = {
  readonly consumer: Consumer
  /** throws FORBIDDEN when the consumer lacks the scope */
  readonly requireScope: (scope: string) => void
  readonly vdab: VdabForRequest
  readonly requestId: string
}

import type { RequestContext } from '../access/requestContext.ts'
import type { Standing } from '../access/budget.ts'
import type { ByteChunks } from './byteChunks.ts'
import type { Ages, Kept } from './kept.ts'

/** An answer that was computed, ready to leave: JSON. `isRefused`: it says that the question itself is wrong. */
export type Computed = {
  readonly status: number
  readonly pieces: ByteChunks
  readonly isRefused?: boolean | undefined
}
/** How a question that was answered before is answered again. */
export type Plan = {
  /** under which the answer is kept, scopes and all */
  readonly key?: string | undefined
  readonly price: number
  /** as the log names it */
  readonly route: string
  /** what each answer says of itself at the end of its bytes */
  readonly tail?: ((standing: Standing) => string) | undefined
  /** what all questions have in common whose answers have this one's head; absent where it is not known to have any */
  readonly kind?: string | undefined
  /** computes the answer where none is kept; never rejects */
  readonly compute?:
    ((requestContext: RequestContext, standing: Standing) => Computed | Ready | Promise<Computed | Ready>) | undefined
  /** bytes that this holds on to */
  readonly bytes?: number | undefined
  /** headers of this moment, each line with its end */
  readonly lines?: ((ages: Ages) => string) | undefined
}
/** An answer whose bytes are kept. */
export type Ready = { readonly kept: Kept; readonly key: string }
/** What a request asks, before anything is known of who asks: its kind, and how it is answered in the media type of that kind; undefined where that is the framework's to say. */
export type Reading = {
  readonly kind: string
  readonly plan: (requestContext: RequestContext, type: string) => Plan | undefined
}

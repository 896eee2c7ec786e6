import type { RequestContext } from '../access/requestContext.ts'
import type { Standing } from '../access/budget.ts'
import type { ByteChunks } from './byteChunks.ts'
import type { Ages, Kept } from './kept.ts'

/** An answer that was computed, ready to leave: JSON. */
export type ComputedResponse = {
  readonly status: number
  readonly pieces: ByteChunks
  /** headers of this answer alone, each line with its end */
  readonly lines?: string | undefined
  /** does it say that the request itself is wrong? */
  readonly isRefused?: boolean | undefined
}
/** An answer whose bytes are kept. */
export type Ready = { readonly kept: Kept; readonly key: string }
/** How a request that was answered before is answered again. */
export type Template = {
  /** under which the answer is kept, scopes and all */
  readonly key?: string | undefined
  readonly price: number
  /** as the log names it */
  readonly route: string
  /** the end of each answer, after its kept bytes */
  readonly tail?: ((standing: Standing) => string) | undefined
  /** computes the answer where none is kept; never rejects */
  readonly compute?:
    | ((
        requestContext: RequestContext,
        standing: Standing
      ) => ComputedResponse | Ready | Promise<ComputedResponse | Ready>)
    | undefined
  /** bytes that this holds on to */
  readonly bytes?: number | undefined
  /** headers of a kept answer at this moment, each line with its end */
  readonly lines?: ((ages: Ages) => string) | undefined
}

import type { RequestContext } from '../access/requestContext.ts'
import type { CostBalance } from '../access/budget.ts'
import type { ByteChunks } from './byteChunks.ts'
import type { Ages, CachedAnswer } from './answerCache.ts'

/** A computed answer as JSON. */
export type ComputedResponse = {
  readonly status: number
  readonly pieces: ByteChunks
  /** headers of this answer, each with CRLF */
  readonly lines?: string | undefined
  /** does it refuse the request, with a 4xx error? */
  readonly isRefused?: boolean | undefined
}
/** A cached answer and its key. */
export type CacheHit = { readonly cached: CachedAnswer; readonly key: string }
/** The data to answer a request that was answered before. */
export type Template = {
  /** the key of the cached answer */
  readonly key?: string | undefined
  readonly price: number
  /** the route as named in the log */
  readonly route: string
  /** the end of each answer, after its stored bytes; always the same if there are `lines` */
  readonly tail?: ((balance: CostBalance) => string) | undefined
  /** computes the answer if none is stored; never rejects */
  readonly compute?:
    | ((
        requestContext: RequestContext,
        balance: CostBalance
      ) => ComputedResponse | CacheHit | Promise<ComputedResponse | CacheHit>)
    | undefined
  /** heap bytes of the objects that it references */
  readonly bytes?: number | undefined
  /** headers of a cached answer that clients may store, each with CRLF; absent if they may not store it */
  readonly lines?: ((ages: Ages) => string) | undefined
}

import type { Progress } from './feed.ts'
import type { Change } from './follow.ts'

/** The events of one feed, in order. A process that applies them has the same state as the process that polls. */
export type FeedEvent =
  | { readonly type: 'beginPoll' }
  | { readonly type: 'changed'; readonly ids: readonly string[]; readonly before: number }
  | { readonly type: 'startAnew' }
  | { readonly type: 'publish'; readonly changes: readonly Change[] }
  | { readonly type: 'settle'; readonly settled: number }
  | { readonly type: 'endPoll'; readonly progress: Progress }

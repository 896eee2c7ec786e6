import type { Progress } from './feed.ts'
import type { Change } from './follow.ts'

/** What happens in one feed, in order. Another process that applies it knows as much as the one that polls. */
export type FeedEvent =
  | { readonly type: 'beginPoll' }
  | { readonly type: 'changed'; readonly ids: readonly string[]; readonly before: number }
  | { readonly type: 'startAnew' }
  | { readonly type: 'publish'; readonly changes: readonly Change[] }
  | { readonly type: 'settle'; readonly settled: number }
  | { readonly type: 'endPoll'; readonly progress: Progress }

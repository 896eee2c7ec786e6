import type { Outcome } from './batcher.ts'
import type { Cause } from './client.ts'
import { GatewayError } from '../errors.ts'

/** Ids of one request, to be fetched separately. */
export type Group = { readonly cause: Cause; readonly ids: readonly string[] }

/** Statuses that one id may cause: the batch was already halved to find that id. */
const halvedStatuses = new Set([400, 404, 422, 500])
/** May a retry succeed? A timeout or a refusal would repeat for each request. */
const isRetryable = (outcome: Outcome | undefined): outcome is GatewayError =>
  outcome instanceof GatewayError &&
  ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_RATE_LIMITED'].includes(outcome.code) &&
  !halvedStatuses.has(outcome.upstreamStatus ?? 0)

/** The ids that failed with their whole batch: they share one error object. */
const failedTogether = (outcomes: ReadonlyMap<string, Outcome>): ReadonlySet<string> => {
  const byError = new Map<Error, string[]>()
  for (const [id, outcome] of outcomes)
    if (isRetryable(outcome)) byError.set(outcome, [...(byError.get(outcome) ?? []), id])
  return new Set([...byError.values()].filter((ids) => ids.length > 1).flat())
}

/**
 * The retries after a failed batch, one group per request. Without batching each request would have had its own call,
 * and a request for one id would have used the other endpoint. An id of several requests goes to the request with the
 * fewest ids.
 */
export const retryGroups = (
  outcomes: ReadonlyMap<string, Outcome>,
  causesOf: (id: string) => readonly Cause[]
): readonly Group[] => {
  const groups = new Map<Cause, string[]>()
  for (const id of failedTogether(outcomes))
    for (const cause of causesOf(id)) groups.set(cause, [...(groups.get(cause) ?? []), id])
  const taken = new Set<string>()
  return [...groups]
    .sort(([, a], [, b]) => a.length - b.length)
    .flatMap(([cause, wanted]) => {
      const ids = wanted.filter((id) => !taken.has(id))
      for (const id of ids) taken.add(id)
      return ids.length > 0 ? [{ cause, ids }] : []
    })
}

import type { Outcome } from './batcher.ts'
import type { Cause } from './client.ts'
import { GatewayError } from '../errors.ts'

/** Ids that one request wants, to be asked for on its own. */
export type Group = { readonly cause: Cause; readonly ids: readonly string[] }

/** By halving it was looked for an id to which these are due. */
const halvedStatuses = new Set([400, 404, 422, 500])
/** A slow VDAB is slow for each alone too, and what it refuses it refuses again. */
const mayPass = (outcome: Outcome | undefined): outcome is GatewayError =>
  outcome instanceof GatewayError &&
  ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_RATE_LIMITED'].includes(outcome.code) &&
  !halvedStatuses.has(outcome.upstreamStatus ?? 0)

/** The ids that failed with their whole batch, rather than each by itself: such a failure is one error, which stands for all of them. */
const failedTogether = (outcomes: ReadonlyMap<string, Outcome>): ReadonlySet<string> => {
  const byError = new Map<Error, string[]>()
  for (const [id, outcome] of outcomes)
    if (mayPass(outcome)) byError.set(outcome, [...(byError.get(outcome) ?? []), id])
  return new Set([...byError.values()].filter((ids) => ids.length > 1).flat())
}

/**
 * What is asked once more after a batch has failed, request by request: each would have had its own call, and a request for
 * one id another endpoint, if they had not been gathered. An id that several want goes with the one that wants least.
 */
export const apart = (
  outcomes: ReadonlyMap<string, Outcome>,
  wantedBy: (id: string) => readonly Cause[]
): readonly Group[] => {
  const groups = new Map<Cause, string[]>()
  for (const id of failedTogether(outcomes))
    for (const cause of wantedBy(id)) groups.set(cause, [...(groups.get(cause) ?? []), id])
  const taken = new Set<string>()
  return [...groups]
    .sort(([, a], [, b]) => a.length - b.length)
    .flatMap(([cause, wanted]) => {
      const ids = wanted.filter((id) => !taken.has(id))
      for (const id of ids) taken.add(id)
      return ids.length > 0 ? [{ cause, ids }] : []
    })
}

import type { Cause } from '../client.ts'
import type { EndpointName } from '../endpoints.ts'
import { within } from '../wait.ts'
import type { Claim } from '../wait.ts'
import type { CallKind, Quota } from './contract.ts'

/** The consumer whose share of the quota a call uses; the default weight is 1. */
export type CallConsumer = { readonly name: string; readonly limits?: { readonly weight?: number } }

/** The fraction of its time that a call may wait for a slot; the rest is for the response. */
const waitPart = 0.8

const kindOf = ({ kind, isBackground }: Cause): CallKind => kind ?? (isBackground?.() ? 'refresh' : 'interactive')

type Dependencies = { quota: Quota; totalTimeoutMs: number }
type Caller = { cause: Cause; claim: Claim | undefined; consumers: readonly CallConsumer[] | undefined }

/**
 * Creates the three ways in which the calls of one query get their slots. `admit` waits for the first slot: the time
 * limit of an interactive query includes this wait, that of a background query starts after it. `again` gets a slot for
 * a repetition if one is free at once, since the repetition occupies a connection. `renewed` waits for a slot, for a
 * call that VDAB refused because of the gateway's own credentials. All throw UPSTREAM_RATE_LIMITED.
 */
export const createAdmissions =
  ({ quota, totalTimeoutMs }: Dependencies) =>
  (endpoint: EndpointName, { cause, claim, consumers }: Caller) => {
    const isBackground = kindOf(cause) !== 'interactive'
    const leftMs = (most: number) => Math.max(0, Math.min(most, (claim?.endsAt ?? Infinity) - performance.now()))
    const startTimer = () => {
      const left = leftMs(totalTimeoutMs)
      return { signal: AbortSignal.timeout(Math.ceil(left)), endsAt: performance.now() + left }
    }
    let timer = isBackground ? undefined : startTimer()

    const take = async (waitMs: number, isRepeated = false) => {
      const payers = (consumers ?? [cause.consumer ?? []].flat()).map(({ name, limits }) => ({
        name,
        weight: limits?.weight
      }))
      const slot = await quota.take(
        { endpoint, consumers: payers, waitMs: waitMs === Infinity ? undefined : waitMs, isRepeated },
        { kind: () => kindOf(cause), isOver: () => timer?.signal.aborted === true || claim?.isOver() === true }
      )
      if (timer?.signal.aborted) slot.giveBack() // the caller no longer waits
      return slot
    }
    const wait = (isRepeated = false) => take(waitPart * leftMs(isBackground ? Infinity : totalTimeoutMs), isRepeated)

    return {
      again: () => take(0),
      renewed: () => wait(true),
      admit: async () => {
        const slot = await (timer ? within(timer.signal, () => wait()) : wait())
        return { slot, ...(timer ??= startTimer()) }
      }
    }
  }

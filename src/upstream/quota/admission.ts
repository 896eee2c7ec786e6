import type { Cause } from '../client.ts'
import type { EndpointName } from '../endpoints.ts'
import { within } from '../wait.ts'
import type { Claim } from '../wait.ts'
import type { CallKind, Quota } from './contract.ts'

/** Whose share of the quota a call uses; without a weight it is 1. */
export type CallConsumer = { readonly name: string; readonly limits?: { readonly weight?: number } }

/** The part of its time that a call may spend waiting for a slot; the rest is for the answer. */
const waitPart = 0.8

const kindOf = ({ kind, isBackground }: Cause): CallKind => kind ?? (isBackground?.() ? 'refresh' : 'interactive')

type Dependencies = { quota: Quota; totalTimeoutMs: number }
type Caller = { cause: Cause; claim: Claim | undefined; consumers: readonly CallConsumer[] | undefined }

/**
 * Makes the three ways in which the calls of one query get their slots. `admit` waits for the first one: the time of an
 * interactive query includes this wait, a background query has all its time after it. `again` gets one for a repetition
 * if it is free at once, since the repetition occupies a connection; `renewed` waits for one, for a call that VDAB did
 * not answer because of the gateway's own credentials. All throw UPSTREAM_RATE_LIMITED.
 */
export const createAdmissions =
  ({ quota, totalTimeoutMs }: Dependencies) =>
  (endpoint: EndpointName, { cause, claim, consumers }: Caller) => {
    const isPatient = kindOf(cause) !== 'interactive'
    const leftMs = (most: number) => Math.max(0, Math.min(most, (claim?.endsAt ?? Infinity) - performance.now()))
    const startTimer = () => {
      const left = leftMs(totalTimeoutMs)
      return { signal: AbortSignal.timeout(Math.ceil(left)), endsAt: performance.now() + left }
    }
    let timer = isPatient ? undefined : startTimer()

    const take = async (waitMs: number, isRepeated = false) => {
      const payers = (consumers ?? [cause.consumer ?? []].flat()).map(({ name, limits }) => ({
        name,
        weight: limits?.weight
      }))
      const slot = await quota.take(
        { endpoint, consumers: payers, waitMs: waitMs === Infinity ? undefined : waitMs, isRepeated },
        { kind: () => kindOf(cause), isOver: () => timer?.signal.aborted === true || claim?.isOver() === true }
      )
      if (timer?.signal.aborted) slot.giveBack() // the caller has left
      return slot
    }
    const wait = (isRepeated = false) => take(waitPart * leftMs(isPatient ? Infinity : totalTimeoutMs), isRepeated)

    return {
      again: () => take(0),
      renewed: () => wait(true),
      admit: async () => {
        const slot = await (timer ? within(timer.signal, () => wait()) : wait())
        return { slot, ...(timer ??= startTimer()) }
      }
    }
  }

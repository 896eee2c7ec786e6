import { GatewayError } from '../errors.ts'
import type { Outcome } from './batcher.ts'
import type { Cause, Client } from './client.ts'
import type { CallConsumer } from './quota/admission.ts'
import { readPage, readRecord, vacatureId, vdabReferentie } from './records.ts'
import type { VdabRecord } from './records.ts'
import { claimOfAll } from './wait.ts'
import type { Claim } from './wait.ts'

type Outcomes = Map<string, Outcome>
type Caller = { cause: Cause; claim?: Claim | undefined; consumers?: readonly CallConsumer[] | undefined }
type Split = { calls: number; succeeded: boolean }
/** The request that pays for a batch, and the time limit for each id; by default that of the request. */
export type BatchFetch = {
  readonly cause: Cause
  readonly claimOf?: (id: string) => Claim | undefined
  /** the consumers of the ids, if there are more than that of the request */
  readonly consumers?: readonly CallConsumer[]
}

// When all calls of two levels of halving fail, VDAB itself fails, and more calls would only add load.
const maxFailedCalls = 6
const retryPostAfterMs = 10 * 60_000
const asError = (error: unknown) =>
  error instanceof Error ? error : new GatewayError('INTERNAL', 'The details could not be read.')

type Dependencies = {
  client: Client
  /** the member of the body that contains the ids; `[]`: the body is the array itself */
  postField: string
  /** ids in one POST */
  max?: number
  warn: (message: string) => void
  now?: () => number
}

/**
 * Fetches the full records of many vacancies by one `POST /vacatures`, whose body and response are not documented
 * publicly (upstream.md §2.3, §8 rows 1–3) [guess]. Hence: records are matched by interneReferentie, never by position;
 * a refused POST is replaced by parallel GETs, with one warning, and retried ten minutes later; an id that makes the
 * batch fail is found by halving, and only that id fails; an id that is missing in the response counts as unknown,
 * after one or two of them were checked by GET, since the response may be incomplete. A single id is fetched by GET,
 * which is documented.
 */
export const createDetails = ({ client, postField, max = 100, warn, now = Date.now }: Dependencies) => {
  let isProven = false
  let refusedUntil = 0

  const getOne = async (id: string, { cause, claimOf, consumers }: BatchFetch): Promise<Outcome> => {
    try {
      const answer = await client.ask('vacature', { id, cause, claim: claimOf?.(id), consumers })
      return answer === null ? null : readRecord(answer, id, vacatureId)
    } catch (error) {
      return asError(error)
    }
  }

  const getEach = async (ids: readonly string[], fetching: BatchFetch): Promise<Outcomes> =>
    new Map(await Promise.all(ids.map(async (id) => [id, await getOne(id, fetching)] as const)))

  const posted = async (list: readonly unknown[], { cause, claim, consumers }: Caller) =>
    readPage(
      await client.ask('vacaturesOpId', {
        body: postField === '[]' ? list : { [postField]: list },
        ids: list.length,
        cause,
        claim,
        consumers
      })
    ).items

  const post = async (ids: readonly string[], { cause, claimOf, consumers }: BatchFetch): Promise<Outcomes> => {
    const items = await posted(ids, { cause, claim: claimOf && claimOfAll(ids.map(claimOf)), consumers })
    const asked = new Set(ids)
    const found = items.flatMap((item) => {
      const id = vacatureId(item)?.toLowerCase()
      return id !== undefined && asked.has(id) ? [[id, item] as const] : []
    })
    if (found.length > 0) isProven = true
    return new Map(found)
  }

  const isRefusal = (error: unknown) => {
    const status = error instanceof GatewayError ? error.upstreamStatus : undefined
    return status === 405 || status === 415 || (!isProven && (status === 200 || status === 400 || status === 404))
  }

  const mayBeOneId = (error: unknown) =>
    error instanceof GatewayError && [400, 404, 422, 500].includes(error.upstreamStatus ?? 0)

  const giveUpPost = (why: string) => {
    if (refusedUntil <= now())
      warn(
        `POST /vacatures ${why}; details are fetched one by one for ten minutes. ` +
          'Look at VDAB_POST_FIELD and VDAB_PATHS.'
      )
    refusedUntil = now() + retryPostAfterMs
  }

  const failed = (ids: readonly string[], error: unknown): Outcomes => new Map(ids.map((id) => [id, asError(error)]))

  const halve = async (
    ids: readonly string[],
    error: unknown,
    split: Split,
    fetching: BatchFetch
  ): Promise<Outcomes> => {
    if (!mayBeOneId(error) || (!split.succeeded && split.calls >= maxFailedCalls)) return failed(ids, error)
    const middle = Math.ceil(ids.length / 2)
    const halves = [ids.slice(0, middle), ids.slice(middle)]
    const tried = await Promise.all(
      halves.map(async (half) => {
        split.calls += 1
        try {
          const outcomes = half.length === 1 ? await getEach(half, fetching) : await post(half, fetching)
          if (![...outcomes.values()].some((outcome) => outcome instanceof Error)) split.succeeded = true
          return { half, outcomes }
        } catch (failure) {
          return { half, failure }
        }
      })
    )
    const parts: Outcomes[] = []
    for (const { half, outcomes, failure } of tried)
      parts.push(outcomes ?? (await halve(half, failure, split, fetching)))
    return new Map(parts.flatMap((part) => [...part]))
  }

  /** Ids that are missing in the response are unknown, unless a sample shows that the response is incomplete. */
  const checkMissing = async (ids: readonly string[], found: Outcomes, fetching: BatchFetch): Promise<Outcomes> => {
    const missing = ids.filter((id) => !found.has(id))
    const isUnproven = found.size === 0 && !isProven
    const sample = isUnproven ? missing : missing.filter((_, index) => index === 0 || index === missing.length - 1)
    const checked = await getEach(sample, fetching)
    const exists = [...checked.values()].some((outcome) => outcome !== null && !(outcome instanceof Error))
    if (!exists) return new Map([...found, ...checked])
    giveUpPost('left out vacancies that exist')
    const unchecked = missing.filter((id) => !checked.has(id))
    return new Map([...found, ...checked, ...(await getEach(unchecked, fetching))])
  }

  return {
    /**
     * The records by vdabReferentie, VDAB's number of a vacancy; unknown numbers are left out. POST may not accept
     * numbers (upstream.md §8 row 1) [guess]; then this rejects with VDAB's error.
     */
    byReferentie: async (numbers: readonly number[], cause: Cause): Promise<ReadonlyMap<number, VdabRecord>> => {
      const asked = new Set(numbers)
      const parts = numbers.flatMap((_, index) => (index % max === 0 ? [numbers.slice(index, index + max)] : []))
      const found = await Promise.all(parts.map(async (part) => posted(part, { cause })))
      return new Map(
        found.flat().flatMap((item) => {
          const number = vdabReferentie(item)
          return asked.has(number) ? [[number, item] as const] : []
        })
      )
    },
    /** The record or the error of each id; unknown ids are left out. Never rejects. */
    fetch: async (ids: readonly string[], fetching: BatchFetch): Promise<Outcomes> => {
      if (ids.length === 1 || now() < refusedUntil) return getEach(ids, fetching)
      try {
        const found = await post(ids, fetching)
        return found.size === ids.length ? found : await checkMissing(ids, found, fetching)
      } catch (error) {
        if (!isRefusal(error)) return halve(ids, error, { calls: 0, succeeded: false }, fetching)
        giveUpPost('was refused')
        return getEach(ids, fetching)
      }
    }
  }
}

import type { Fetch, LookUpResult } from '../cache/cached.ts'
import { pathWithoutIndexes } from '../schema/responsePath.ts'
import type { Path } from '../schema/responsePath.ts'
import type { CallReport } from '../upstream/callFollower.ts'
import type { Cause } from '../upstream/client.ts'
import { endpoint, endpoints } from '../upstream/endpoints.ts'
import type { EndpointName } from '../upstream/endpoints.ts'

/** The kind of an endpoint's cached values: one record, a page of a search, a reference list, a document. */
type Layer = 'record' | 'page' | 'list' | 'document'
/** The result of a look-up: a fresh or a stale cache entry, a call, or a call that another request started. */
type State = 'hit' | 'stale' | 'miss' | 'coalesced'
/** Look-ups with the same path, endpoint and state. */
type LookUps = {
  readonly pad: string
  readonly endpoint: string | undefined
  readonly layer: Layer | undefined
  readonly state: State
  count: number
  oldestMs: number
  leastFreshMs: number
  readonly calls: Set<CallReport>
}

/** The whole response in the cache of responses, which an explained request does not use. */
type Kept = { readonly ageMs: number; readonly leftMs: number }

const isEndpoint = (name: string): name is EndpointName => Object.hasOwn(endpoints, name)
const layerOf = (name: EndpointName): Layer => {
  const { hasPaths, kind, unknownIsNull } = endpoint(name)
  return hasPaths ? 'document' : kind === 'lijst' ? 'list' : unknownIsNull ? 'record' : 'page'
}
const states = { hit: 'hit', miss: 'miss', join: 'coalesced' } as const
const stateOf = ({ how, reason }: LookUpResult): State => (reason === undefined ? states[how] : 'stale')

const describe = (
  { endpoint: name, method, status, ms, waitedMs, ids, requests, resent, error, transaction, cause }: CallReport,
  number: number,
  payer: Cause | undefined
) => ({
  number,
  endpoint: name,
  method,
  status: status ?? null,
  ms: Math.round(ms),
  waitedMs,
  ...(ids === undefined ? {} : { ids }),
  sharedWith: Math.max(0, requests - 1),
  isOwn: cause === payer,
  ...(resent === 0 ? {} : { retry: resent }),
  ...(error ? { code: error.code } : {}),
  ...(transaction === undefined ? {} : { transaction })
})

/**
 * Collects how one response is made: each look-up by its path in the response, and each call to VDAB that the response
 * waited for. It contains no cache key and no id.
 */
export const createExplanation = () => {
  const calls = new Set<CallReport>()
  const lookUps = new Map<string, LookUps>()
  let payer: Cause | undefined
  let kept: Kept | undefined

  return {
    /** Adds a call that this request pays for. */
    onCall: (call: CallReport) => {
      payer = call.cause
      calls.add(call)
    },
    /** Sets the cached data of the whole response. */
    noteKept: (found: Kept | undefined) => {
      kept = found
    },
    /** Adds a look-up, with the calls that were made for it, including calls of another request. */
    note: (result: LookUpResult, path: Path | undefined, made: readonly CallReport[]) => {
      const pad = pathWithoutIndexes(path)
      const name = result.row ?? result.entryVersion?.row
      const state = stateOf(result)
      const key = `${pad} ${name ?? ''} ${state}`
      const layer = name !== undefined && isEndpoint(name) ? layerOf(name) : undefined
      const fresh = { count: 0, oldestMs: 0, leastFreshMs: Infinity, calls: new Set<CallReport>() }
      const found = lookUps.get(key) ?? { pad, endpoint: name, layer, state, ...fresh }
      lookUps.set(key, found)
      found.count += 1
      found.oldestMs = Math.max(found.oldestMs, result.ageMs)
      found.leastFreshMs = Math.min(found.leastFreshMs, result.leftMs)
      for (const call of made) {
        calls.add(call)
        found.calls.add(call)
      }
    },
    /** The look-ups and the calls; a look-up refers to its calls by number. */
    report: () => {
      const all = [...calls]
      return {
        keptAnswer: kept ? { ageMs: kept.ageMs, freshForMs: kept.leftMs } : null,
        lookUps: [...lookUps.values()].map(({ leastFreshMs, calls: own, endpoint: name, layer, ...rest }) => ({
          ...rest,
          ...(name === undefined ? {} : { endpoint: name }),
          ...(layer === undefined ? {} : { layer }),
          freshForMs: Math.max(0, leastFreshMs),
          ...(own.size === 0 ? {} : { calls: [...own].map((call) => all.indexOf(call) + 1) })
        })),
        calls: all.map((call, index) => describe(call, index + 1, payer))
      }
    }
  }
}

export type Explanation = ReturnType<typeof createExplanation>

/** The calls of each fetch of the cache, for all requests that wait for it. */
export const createFetchCalls = () => {
  const calls = new WeakMap<Fetch, CallReport[]>()
  return {
    add: (fetching: Fetch) => (call: CallReport) => {
      const known = calls.get(fetching)
      if (known) known.push(call)
      else calls.set(fetching, [call])
    },
    of: (fetching: Fetch | undefined): readonly CallReport[] => (fetching && calls.get(fetching)) ?? []
  }
}

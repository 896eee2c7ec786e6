import type { Cached } from '../cache/cached.ts'
import type { Cache } from '../cache/requestCache.ts'
import type { Config } from '../config/index.ts'
import { badInput } from '../errors.ts'
import type { Cause, Client } from '../upstream/client.ts'
import type { DetailName, LivesByKind } from '../upstream/endpoints.ts'
import type { VdabRecord } from '../upstream/records.ts'
import type { Claim } from '../upstream/wait.ts'
import { createCachedQueries } from './cachedQueries.ts'
import { createCanonicalQueries } from './canonicalQuery.ts'
import type { CanonicalQuery } from './canonicalQuery.ts'
import { createInvalidation } from './invalidation.ts'
import type { FarForgetting } from './invalidation.ts'
import { createOwnQueries } from './ownQueries.ts'
import { createPolicies } from './policies.ts'
import { createLijsten } from './referenceLists.ts'
import { createRequestQueries } from './requestQueries.ts'

type Dependencies = {
  settings: Config['vdab']
  client: Client
  cached: Cached
  /** caches canonical queries; none when absent */
  canonicalQueries?: Cache<CanonicalQuery> | undefined
  loadVacature: (id: string, cause: Cause, claim: Claim) => Promise<unknown>
  /** the records of vacancies by vdabReferentie, VDAB's own number */
  loadByReferentie?: (numbers: readonly number[], cause: Cause) => Promise<ReadonlyMap<number, VdabRecord>>
  /** the times of endpoints that the settings override */
  lives?: LivesByKind
  /** is VDAB's feed of changes of this type followed now? called at each lookup */
  isFollowed?: (name: DetailName) => boolean
  /** invalidates changed records in the caches of all workers; only in this one when absent */
  changedEverywhere?: ((name: DetailName, ids: readonly string[], before: number) => Promise<void>) | undefined
  /** called for each record that is invalidated; without an id: all records of the type */
  onForgotten?: (name: DetailName, id?: string) => void
  /**
   * a cache that other processes share; `since`: the instant (ms) from which this process knows of changes to vacancies
   */
  far?: (FarForgetting & { since: () => number }) | undefined
  warn: (message: string) => void
  now?: () => number
}

const createIds = ({ idPattern }: Pick<Config['vdab'], 'idPattern'>) => {
  const isId = (id: string) => idPattern.test(id)
  const checkId = (field: string, id: string): string => {
    if (!isId(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }
  return { isId, checkId }
}

/**
 * The access to VDAB for the rest of the gateway: checks a query, then looks it up in the cache, then in the batcher,
 * then at VDAB.
 */
export const createVdab = ({
  settings,
  client,
  cached,
  canonicalQueries,
  loadVacature,
  loadByReferentie = () => Promise.resolve(new Map()),
  lives = {},
  isFollowed = () => false,
  changedEverywhere,
  onForgotten,
  far,
  warn,
  now = Date.now
}: Dependencies) => {
  const policies = createPolicies({ settings: lives, isFollowed, farSince: far?.since })
  const canonical = createCanonicalQueries({ settings, ...policies, known: canonicalQueries })
  const queries = createCachedQueries({ settings, client, cached, policies, canonical, loadVacature })

  const { isId, checkId } = createIds(settings)
  const invalidation = createInvalidation({ cached, policies, refetch: queries.refetchVacature, onForgotten, far, now })
  const lists = createLijsten({ ...queries, warn, now })
  const forRequest = createRequestQueries({
    settings,
    cached,
    policies,
    canonical,
    queries,
    lists,
    loadByReferentie,
    isId,
    changed: changedEverywhere ?? invalidation.changed,
    warn,
    now
  })

  return {
    for: forRequest,
    isId,
    /**
     * The instant until which a cache entry is fresh; `touch` marks it as requested when a value derived from it is
     * served.
     */
    freshUntil: policies.freshUntil,
    touch: cached.touch,
    ...createOwnQueries({ profile: settings.profile, client, ask: queries.ask, spell: canonical.spell, isId }),
    loadLijst: lists.load,
    knownLabels: lists.knownLabels,
    ...invalidation,
    /**
     * Deletes one record, and every page that contains it. Throws BAD_USER_INPUT on an invalid id, as `forgetPerson`
     * does.
     */
    forget: (name: DetailName, id: string) => {
      invalidation.forget(name, checkId('id', id))
    },
    forgetPerson: (cvId: string) => {
      invalidation.forgetPerson(checkId('cvId', cvId))
    }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

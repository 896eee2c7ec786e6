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
import { createOwnQuestions } from './feedQueries.ts'
import { createInvalidation } from './invalidation.ts'
import { createPolicies } from './policies.ts'
import { createProbe } from './probe.ts'
import { createLijsten } from './referenceLists.ts'
import { createRequestQueries } from './requestQueries.ts'

type Dependencies = {
  settings: Config['vdab']
  client: Client
  cached: Cached
  /** where questions are remembered as VDAB is asked them; they are not when absent */
  spelled?: Cache<CanonicalQuery> | undefined
  loadVacature: (id: string, cause: Cause, claim: Claim) => Promise<unknown>
  /** the records of vacancies by VDAB's numbers of them */
  loadByReferentie?: (numbers: readonly number[], cause: Cause) => Promise<ReadonlyMap<number, VdabRecord>>
  /** what the settings replace of the times of the endpoints */
  lives?: LivesByKind
  /** is VDAB's feed of changes of this noun followed at this moment? asked at each reading */
  isFollowed?: (name: DetailName) => boolean
  /** tells every cache of this gateway what changed; this one alone when absent */
  changedEverywhere?: ((name: DetailName, ids: readonly string[], before: number) => Promise<void>) | undefined
  warn: (message: string) => void
  now?: () => number
}

/** VDAB as the rest of the gateway sees it: checked, cached, batched. Cache, then batcher, then wire. */
export const createVdab = ({
  settings,
  client,
  cached,
  spelled,
  loadVacature,
  loadByReferentie = () => Promise.resolve(new Map()),
  lives = {},
  isFollowed = () => false,
  changedEverywhere,
  warn,
  now = Date.now
}: Dependencies) => {
  const policies = createPolicies({ settings: lives, isFollowed })
  const { keyOf, isPersonal } = policies
  const spelling = createCanonicalQueries({ settings, keyOf, isPersonal, known: spelled })
  const queries = createCachedQueries({ settings, client, cached, policies, spelling, loadVacature })
  const isId = (id: string) => settings.idPattern.test(id)
  const checkId = (field: string, id: string): string => {
    if (!isId(id)) throw badInput(field, 'is not an id of VDAB: it must look like a3e007c0-68d3-4fb7-aa35-c36e96ede172')
    return id.toLowerCase()
  }

  const forgetting = createInvalidation({ cached, policies, refetch: queries.refetchVacature, now })
  const lists = createLijsten({ ask: queries.ask, askBehind: queries.askBehind, warn, now })
  const forRequest = createRequestQueries({
    settings,
    cached,
    policies,
    spelling,
    queries,
    lists,
    loadByReferentie,
    isId,
    changed: changedEverywhere ?? forgetting.changed,
    warn,
    now
  })

  return {
    for: forRequest,
    isId,
    /** The instant up to which an entry with this version is fresh. */
    freshUntil: policies.freshUntil,
    /** Marks an entry as used, through something that was made of it. */
    touch: cached.touch,
    ...createOwnQuestions({ client, ask: queries.ask, spell: spelling.spell, isId }),
    /** One call that shows whether VDAB answers: the first one fills the cache with a list that is soon wanted. */
    probe: createProbe({ client, first: (cause) => queries.ask('jobdomeinen', undefined, { cause }) }),
    loadLijst: lists.load,
    /** Forgets one record, and every page that shows it, also what is on its way. */
    forget: (name: DetailName, id: string) => {
      forgetting.forget(name, checkId('id', id))
    },
    edition: forgetting.edition,
    changed: forgetting.changed,
    startAnew: forgetting.startAnew,
    dropStalePeople: forgetting.dropStalePeople,
    forgetPerson: (cvId: string) => {
      forgetting.forgetPerson(checkId('cvId', cvId))
    }
  }
}

export type Vdab = ReturnType<typeof createVdab>
export type VdabForRequest = ReturnType<Vdab['for']>

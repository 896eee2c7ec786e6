import { createHmac, randomBytes } from 'node:crypto'
import type { Policy } from '../cache/cached.ts'
import type { FarRule } from '../cache/policy.ts'
import type { EntryVersion } from '../cache/tier.ts'
import { endpoint, endpoints, livesOf } from '../upstream/endpoints.ts'
import type { DetailName, EndpointName, LivesByKind } from '../upstream/endpoints.ts'
import { kandidaatId, readPage, vacatureId } from '../upstream/records.ts'
import { createHasNoPersonalData } from './hasNoPersonalData.ts'

/** The endpoints whose answers contain several records, by the type of these records. */
export const pagesOf = {
  vacature: ['vacatures', 'vacaturesInitial'],
  kandidaat: ['kandidaten']
} as const satisfies Record<DetailName, readonly EndpointName[]>

const idOf = { vacature: vacatureId, kandidaat: kandidaatId } as const
const names = Object.keys(endpoints) as EndpointName[] // the keys of the table are its names

type Dependencies = {
  settings: LivesByKind
  /** is VDAB's feed of changes of this type followed now? */
  isFollowed: (name: DetailName) => boolean
  /** with a far cache: the instant (ms) from which this process knows of changes to vacancies */
  farSince?: (() => number) | undefined
}

/** The values that may leave the process for a far cache: open lists, and vacancies without personal data. */
const createFarRules = (farSince: () => number) => {
  const hasNoPersonalData = createHasNoPersonalData()
  const always = () => -Infinity
  return (name: EndpointName): FarRule | undefined => {
    const { personal, kind } = endpoint(name)
    if (personal) return undefined
    if (kind === 'lijst') return { guard: 'constant', mayHold: () => true, since: always }
    if (name === 'vacature') return { guard: 'record', mayHold: hasNoPersonalData, since: farSince }
    if (!(pagesOf.vacature as readonly EndpointName[]).includes(name)) return undefined
    return { guard: 'page', mayHold: (page) => readPage(page).items.every(hasNoPersonalData), since: farSince }
  }
}

/** The cache policies of VDAB's endpoints: cache keys, times, and the ids of the records in an answer. */
export const createPolicies = ({ settings, isFollowed, farSince }: Dependencies) => {
  const salt = randomBytes(32)
  const farRuleOf = farSince && createFarRules(farSince)
  const isPersonal = (name: EndpointName): boolean => endpoint(name).personal === true

  // Cache keys may appear outside the cache, so the id of a person is hashed.
  const tag = (name: EndpointName, what: string, isAboutPerson = isPersonal(name)): string =>
    isAboutPerson ? createHmac('sha256', salt).update(what).digest('base64url') : what

  const membersOf =
    (noun: DetailName) =>
    (page: unknown): readonly string[] =>
      readPage(page).items.flatMap((item) => {
        const id = idOf[noun](item)
        return id === undefined ? [] : [tag(noun, id.toLowerCase())]
      })

  const policyFor = (name: EndpointName, isOn: boolean): Policy => {
    const noun = (['vacature', 'kandidaat'] as const).find((one) =>
      (pagesOf[one] as readonly EndpointName[]).includes(name)
    )
    const lives = livesOf(name, { settings, isFollowed: isOn })
    return { row: name, ...lives, isText: name in pagesOf, membersOf: noun && membersOf(noun), far: farRuleOf?.(name) }
  }
  const rows = Object.fromEntries(
    names.map((name) => [name, { followed: policyFor(name, true), unfollowed: policyFor(name, false) }])
  ) as Record<EndpointName, { followed: Policy; unfollowed: Policy }> // one for each name

  const policyOf = (name: EndpointName): Policy => {
    const { follows } = endpoint(name)
    return rows[name][follows !== undefined && isFollowed(follows) ? 'followed' : 'unfollowed']
  }

  const localPolicies = new Map<Policy, Policy>()

  return {
    policyOf,
    /** The policy for a query that was derived from a CV: its result never leaves the process. */
    localPolicyOf: (name: EndpointName): Policy => {
      const policy = policyOf(name)
      const known = localPolicies.get(policy) ?? { ...policy, far: undefined }
      localPolicies.set(policy, known)
      return known
    },
    /** The instant, in ms, until which an entry is fresh by the current policy. */
    freshUntil: ({ row, startedAt, isAbsent }: Pick<EntryVersion, 'row' | 'startedAt' | 'isAbsent'>): number => {
      const { freshMs, negativeMs = 0 } = policyOf(row as EndpointName) // every row of the cache is an endpoint
      return startedAt + (isAbsent ? negativeMs : freshMs)
    },
    keyOf: (name: EndpointName, what: string, isAboutPerson?: boolean) => `${name} ${tag(name, what, isAboutPerson)}`,
    isPersonal,
    /** The id of a record as a member of pages. */
    memberOf: (name: EndpointName, what: string) => tag(name, what)
  }
}

export type Policies = ReturnType<typeof createPolicies>

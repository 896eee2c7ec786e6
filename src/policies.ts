import { createHmac, randomBytes } from 'node:crypto'
import type { Policy } from './cache/cached.ts'
import type { Stamp } from './cache/tier.ts'
import { endpoint, endpoints, livesOf } from './upstream/endpoints.ts'
import type { DetailName, EndpointName, LivesByKind } from './upstream/endpoints.ts'
import { kandidaatId, readPage, vacatureId } from './upstream/records.ts'

/** The answers that show more than one record, by the noun of what they show. */
export const pagesOf = { vacature: ['vacatures', 'vacaturesInitial'], kandidaat: ['kandidaten'] } as const satisfies Record<DetailName, readonly EndpointName[]>

const idOf = { vacature: vacatureId, kandidaat: kandidaatId } as const
const names = Object.keys(endpoints) as EndpointName[] // the keys of the table are its names

type Dependencies = {
  settings: LivesByKind
  /** is the feed of changes of this noun followed at this moment? */
  isFollowed: (name: DetailName) => boolean
}

/** What the cache is told of VDAB's endpoints: under which key an answer stands, how long it lives now, and what is in it. */
export const createPolicies = ({ settings, isFollowed }: Dependencies) => {
  const salt = randomBytes(32)

  // A cache key is written in more places than the cache, some day; an id of a person never stands in one.
  const tag = (name: EndpointName, what: string): string => (endpoint(name).personal ? createHmac('sha256', salt).update(what).digest('base64url') : what)

  const membersOf = (noun: DetailName) => (page: unknown): readonly string[] =>
    readPage(page).items.flatMap((item) => {
      const id = idOf[noun](item)
      return id === undefined ? [] : [tag(noun, id.toLowerCase())]
    })
  const members = new Map<EndpointName, Policy['membersOf']>(Object.entries(pagesOf).flatMap(([noun, pages]) => pages.map((page) => [page, membersOf(noun as DetailName)] as const))) // the keys of the table are nouns

  const policies = (isOn: boolean) => new Map(names.map((name): [EndpointName, Policy] => [name, { row: name, ...livesOf(name, { settings, isFollowed: isOn }), membersOf: members.get(name) }]))
  const followed = policies(true)
  const unfollowed = policies(false)

  const policyOf = (name: EndpointName): Policy => {
    const { follows } = endpoint(name)
    const isOn = follows !== undefined && isFollowed(follows)
    const policy = (isOn ? followed : unfollowed).get(name)
    if (!policy) throw new Error(`${name} is no endpoint`)
    return policy
  }

  return {
    /** Throws on a name that is no endpoint. */
    policyOf,
    /** The instant, in ms, up to which what bears this stamp is fresh by the policy of now. */
    freshUntil: ({ row, startedAt, isAbsent }: Pick<Stamp, 'row' | 'startedAt' | 'isAbsent'>): number => {
      const { freshMs, negativeMs = 0 } = policyOf(row as EndpointName) // the cache is asked for endpoints alone
      return startedAt + (isAbsent ? negativeMs : freshMs)
    },
    keyOf: (name: EndpointName, what: string) => `${name} ${tag(name, what)}`,
    /** What a record is called as a member of pages. */
    memberOf: (name: DetailName, id: string) => tag(name, id)
  }
}

export type Policies = ReturnType<typeof createPolicies>

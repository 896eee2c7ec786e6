import { createHmac, randomBytes } from 'node:crypto'
import type { Policy } from '../cache/cached.ts'
import type { EntryVersion } from '../cache/tier.ts'
import { endpoint, endpoints, livesOf } from '../upstream/endpoints.ts'
import type { DetailName, EndpointName, LivesByKind } from '../upstream/endpoints.ts'
import { kandidaatId, readPage, vacatureId } from '../upstream/records.ts'

/** The answers that show more than one record, by the noun of what they show. */
export const pagesOf = {
  vacature: ['vacatures', 'vacaturesInitial'],
  kandidaat: ['kandidaten']
} as const satisfies Record<DetailName, readonly EndpointName[]>

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
  const tag = (name: EndpointName, what: string): string =>
    rows[name].isPersonal ? createHmac('sha256', salt).update(what).digest('base64url') : what

  const membersOf =
    (noun: DetailName) =>
    (page: unknown): readonly string[] =>
      readPage(page).items.flatMap((item) => {
        const id = idOf[noun](item)
        return id === undefined ? [] : [tag(noun, id.toLowerCase())]
      })
  const shows = (name: EndpointName): DetailName | undefined =>
    (Object.keys(pagesOf) as DetailName[]).find((noun) => (pagesOf[noun] as readonly EndpointName[]).includes(name)) // the keys of the table are nouns

  const policyFor = (name: EndpointName, isOn: boolean): Policy => {
    const noun = shows(name)
    return {
      row: name,
      ...livesOf(name, { settings, isFollowed: isOn }),
      isText: name in pagesOf,
      membersOf: noun && membersOf(noun)
    }
  }
  type Row = {
    readonly follows: DetailName | undefined
    readonly isPersonal: boolean
    readonly followed: Policy
    readonly unfollowed: Policy
  }
  const rows = Object.fromEntries(
    names.map((name): [EndpointName, Row] => {
      const { follows, personal = false } = endpoint(name)
      return [
        name,
        { follows, isPersonal: personal, followed: policyFor(name, true), unfollowed: policyFor(name, false) }
      ]
    })
  ) as Record<EndpointName, Row> // one was made for each name

  const policyOf = (name: EndpointName): Policy => {
    const { follows, followed, unfollowed } = rows[name]
    return follows !== undefined && isFollowed(follows) ? followed : unfollowed
  }

  return {
    policyOf,
    /** The instant, in ms, up to which what bears this stamp is fresh by the policy of now. */
    freshUntil: ({ row, startedAt, isAbsent }: Pick<EntryVersion, 'row' | 'startedAt' | 'isAbsent'>): number => {
      const { freshMs, negativeMs = 0 } = policyOf(row as EndpointName) // the cache is asked for endpoints alone
      return startedAt + (isAbsent ? negativeMs : freshMs)
    },
    keyOf: (name: EndpointName, what: string) => `${name} ${tag(name, what)}`,
    isPersonal: (name: EndpointName): boolean => rows[name].isPersonal,
    /** What a record is called as a member of pages. */
    memberOf: (name: DetailName, id: string) => tag(name, id)
  }
}

export type Policies = ReturnType<typeof createPolicies>

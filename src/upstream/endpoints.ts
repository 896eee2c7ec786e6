const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Endpoints that share their times, and the settings for them. */
export type Kind = 'lijst' | 'vacature' | 'search' | 'kandidaat'

/** How long answers live. Times in ms. */
export type Lives = {
  /** how long an answer is fresh; 0 = shared while under way, never kept */
  readonly freshMs: number
  /** the same while VDAB's feed of changes is followed, and so tells when an answer is no longer right */
  readonly followedFreshMs?: number | undefined
  /** past its fresh time: how long it is answered at once, while it is fetched anew behind it; where there is a feed, only while it is followed */
  readonly staleWhileRevalidateMs?: number | undefined
  /** past its fresh time: how long it stands in when VDAB fails */
  readonly staleIfErrorMs?: number | undefined
  /** how long an absence is remembered */
  readonly negativeMs?: number | undefined
}

/** One endpoint of VDAB with its policy beside it. `path` stands under `/openservices/` of VDAB_URL. */
export type Endpoint = Lives & {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** the settings that replace its times; without one there are none */
  readonly kind?: Kind
  /** the feed of changes that tells when an answer is no longer right */
  readonly follows?: DetailName
  /** answers tell of people: their ids never stand in a cache key in the clear, and nothing of them is ever answered stale */
  readonly personal?: true
  /** asks for one thing by id, so "unknown" is an answer and not a failure */
  readonly unknownIsNull?: true
}

/** The reference lists: they change a few times a year, and nothing else says when. */
const lijst = { kind: 'lijst', freshMs: day, staleWhileRevalidateMs: day, staleIfErrorMs: 30 * day } as const

/**
 * Vacature v2 and Kandidaat v1 (upstream.md §1, §2) [seed]. Paths of Vacature and Kandidaat are certain, those of the
 * reference lists partly a guess (§4), so VDAB_PATHS overrides any of them by name.
 */
export const endpoints = {
  vacatures: {
    method: 'GET',
    path: 'v2/vacatures',
    kind: 'search',
    follows: 'vacature',
    freshMs: 30 * second,
    staleWhileRevalidateMs: 30 * second,
    staleIfErrorMs: hour
  },
  vacature: {
    method: 'GET',
    path: 'v2/vacatures/{id}',
    kind: 'vacature',
    follows: 'vacature',
    unknownIsNull: true,
    freshMs: 10 * minute,
    followedFreshMs: 6 * hour,
    staleWhileRevalidateMs: minute,
    staleIfErrorMs: day,
    negativeMs: 30 * second
  },
  vacaturesOpId: { method: 'POST', path: 'v2/vacatures', freshMs: 0 },
  // No stale pages: a copy made of pages of different ages would miss vacancies.
  vacaturesInitial: { method: 'GET', path: 'v2/vacatures/initial', freshMs: 30 * second },
  vacaturesBulk: { method: 'GET', path: 'v2/vacatures/bulk', freshMs: 0 },
  kandidaten: { method: 'GET', path: 'v1/kandidaten', freshMs: 30 * second, personal: true },
  kandidaat: {
    method: 'GET',
    path: 'v1/kandidaten/{id}',
    kind: 'kandidaat',
    follows: 'kandidaat',
    personal: true,
    unknownIsNull: true,
    freshMs: minute,
    followedFreshMs: 5 * minute,
    negativeMs: 30 * second
  },
  kandidatenBulk: { method: 'GET', path: 'v1/kandidaten/bulk', freshMs: 0, personal: true },
  jobdomeinen: { method: 'GET', path: 'v1/jobdomeinen', ...lijst },
  diplomas: { method: 'GET', path: 'v2/diplomas', ...lijst },
  rijbewijzen: { method: 'GET', path: 'v1/rijbewijzen', ...lijst },
  attesten: { method: 'GET', path: 'v1/attesten', ...lijst },
  arbeidsstelsels: { method: 'GET', path: 'v1/arbeidsstelsels', ...lijst },
  arbeidsregimes: { method: 'GET', path: 'v1/arbeidsregimes', ...lijst },
  arbeidscontractduren: { method: 'GET', path: 'v1/arbeidscontractduren', ...lijst },
  arbeidscontracten: { method: 'GET', path: 'v1/arbeidscontracten', ...lijst },
  softskills: { method: 'GET', path: 'v1/softskills', ...lijst },
  competenties: { method: 'GET', path: 'v1/competenties', ...lijst },
  sjablonen: { method: 'GET', path: 'v1/sjablonen', ...lijst },
  studieboom: { method: 'GET', path: 'v1/studieboom', ...lijst },
  talen: { method: 'GET', path: 'v1/talen', ...lijst }
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof endpoints
/** Endpoints that answer one record by its id. */
export type DetailName = 'vacature' | 'kandidaat'
/** Endpoints that answer an envelope of items. */
export type PageName = 'vacatures' | 'vacaturesInitial' | 'vacaturesBulk' | 'kandidaten' | 'kandidatenBulk'

/** A row by name, as the plain Endpoint it is. */
export const endpoint = (name: EndpointName): Endpoint => endpoints[name]

/** What a setting replaces of the times of a kind. */
export type LivesByKind = Readonly<Partial<Record<Kind, Partial<Lives>>>>

/**
 * How long answers of an endpoint live: its row, what the settings replace of it, and whether the feed that tells of changes
 * is followed. Whatever stands on its row, nothing of a person is stale while revalidated or on error.
 */
export const livesOf = (
  name: EndpointName,
  { settings, isFollowed }: { settings: LivesByKind; isFollowed: boolean }
): Omit<Lives, 'followedFreshMs'> => {
  const { kind, personal, follows, ...row } = endpoint(name)
  const {
    freshMs,
    followedFreshMs = freshMs,
    staleWhileRevalidateMs = 0,
    staleIfErrorMs = 0,
    negativeMs = 0
  }: Lives = { ...row, ...(kind ? settings[kind] : {}) }
  const isVouchedFor = follows === undefined || isFollowed
  return {
    freshMs: isFollowed ? followedFreshMs : freshMs,
    negativeMs,
    staleWhileRevalidateMs: isVouchedFor && !personal ? staleWhileRevalidateMs : 0,
    staleIfErrorMs: personal ? 0 : staleIfErrorMs
  }
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A group of endpoints that share the settings of their times. */
export type Kind = 'lijst' | 'vacature' | 'search' | 'kandidaat'

/** How long answers are cached; times in ms. */
export type Lives = {
  /** how long an answer is fresh; 0 = shared while in flight, never stored */
  readonly freshMs: number
  /** the same while the gateway follows VDAB's feed of changes, which invalidates changed answers */
  readonly followedFreshMs?: number | undefined
  /**
   * after the fresh time: how long a stale answer is served while it is renewed; with a feed, only while the feed is
   * followed
   */
  readonly staleWhileRevalidateMs?: number | undefined
  /** after the fresh time: how long a stale answer is served when VDAB fails */
  readonly staleIfErrorMs?: number | undefined
  /** how long an absence is cached */
  readonly negativeMs?: number | undefined
}

/** An endpoint of VDAB and its policy. `path` is relative to `/openservices/` of VDAB_URL, or to another `root`. */
export type Endpoint = Lives & {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly root?: 'opendata'
  /** `{id}` in its path may contain slashes, and any 404 means that the document is absent */
  readonly hasPaths?: true
  /** the settings that override its times; none when absent */
  readonly kind?: Kind
  /** the feed of changes that invalidates its answers */
  readonly follows?: DetailName
  /** answers contain personal data: ids are hashed in cache keys, and no stale answer is served */
  readonly personal?: true
  /** the request is for one record by id, so "unknown" is an answer and not a failure */
  readonly unknownIsNull?: true
}

/** The reference lists change a few times a year, and VDAB does not announce when. */
const lijst = { kind: 'lijst', freshMs: day, staleWhileRevalidateMs: day, staleIfErrorMs: 30 * day } as const

/**
 * Vacature v2 and Kandidaat v1 (upstream.md §1, §2) [seed]. The paths of Vacature and Kandidaat are certain, some paths
 * of the reference lists are guesses (§4); VDAB_PATHS overrides any path by name.
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
  // No stale pages: a copy built from pages of different ages would miss vacancies.
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
  talen: { method: 'GET', path: 'v1/talen', ...lijst },
  // Competent 2 (upstream.md §1.4, §4.1) [strong]: open data with a few releases a year.
  competent: {
    method: 'GET',
    root: 'opendata',
    path: 'competent/v2/{id}',
    hasPaths: true,
    unknownIsNull: true,
    ...lijst,
    negativeMs: 30 * second
  }
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof endpoints
/** Endpoints that return one record by its id. */
export type DetailName = 'vacature' | 'kandidaat'
/** Endpoints that return an envelope of items. */
export type PageName = 'vacatures' | 'vacaturesInitial' | 'vacaturesBulk' | 'kandidaten' | 'kandidatenBulk'

/** A row of the table, as the type Endpoint. */
export const endpoint = (name: EndpointName): Endpoint => endpoints[name]

/**
 * Does the endpoint belong to another product of VDAB, to which the key may have no access? Its failures say nothing
 * about the state of openservices.
 */
export const isOpenData = (name: EndpointName): boolean => endpoint(name).root === 'opendata'

/** The times that the settings override, by kind. */
export type LivesByKind = Readonly<Partial<Record<Kind, Partial<Lives>>>>

/**
 * How long answers of an endpoint are cached, from its row, the settings, and whether the feed of changes is followed.
 * Personal data is never served stale, whatever its row states.
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
  const isInvalidated = follows === undefined || isFollowed
  return {
    freshMs: isFollowed ? followedFreshMs : freshMs,
    negativeMs,
    staleWhileRevalidateMs: isInvalidated && !personal ? staleWhileRevalidateMs : 0,
    staleIfErrorMs: personal ? 0 : staleIfErrorMs
  }
}

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

/** One endpoint of VDAB with its policy beside it. Times in ms. `path` stands under `/openservices/` of VDAB_URL. */
export type Endpoint = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** how long an answer is fresh; 0 = shared while under way, never kept */
  readonly ttlMs: number
  /** how long an absence is remembered */
  readonly negativeTtlMs?: number
  /** answers tell of people: their ids never stand in a cache key in the clear */
  readonly personal?: true
  /** asks for one thing by id, so "unknown" is an answer and not a failure */
  readonly unknownIsNull?: true
}

/**
 * Vacature v2 and Kandidaat v1 (upstream.md §1, §2) [seed]. Paths of Vacature and Kandidaat are certain, those of the
 * reference lists partly a guess (§4), so VDAB_PATHS overrides any of them by name.
 */
export const endpoints = {
  vacatures: { method: 'GET', path: 'v2/vacatures', ttlMs: 30 * second },
  vacature: { method: 'GET', path: 'v2/vacatures/{id}', ttlMs: 10 * minute, negativeTtlMs: 30 * second, unknownIsNull: true },
  vacaturesOpId: { method: 'POST', path: 'v2/vacatures', ttlMs: 0 },
  vacaturesInitial: { method: 'GET', path: 'v2/vacatures/initial', ttlMs: 30 * second },
  vacaturesBulk: { method: 'GET', path: 'v2/vacatures/bulk', ttlMs: 0 },
  kandidaten: { method: 'GET', path: 'v1/kandidaten', ttlMs: 30 * second, personal: true },
  kandidaat: { method: 'GET', path: 'v1/kandidaten/{id}', ttlMs: minute, negativeTtlMs: 30 * second, personal: true, unknownIsNull: true },
  kandidatenBulk: { method: 'GET', path: 'v1/kandidaten/bulk', ttlMs: 0, personal: true },
  jobdomeinen: { method: 'GET', path: 'v1/jobdomeinen', ttlMs: day },
  diplomas: { method: 'GET', path: 'v2/diplomas', ttlMs: day },
  rijbewijzen: { method: 'GET', path: 'v1/rijbewijzen', ttlMs: day },
  attesten: { method: 'GET', path: 'v1/attesten', ttlMs: day },
  arbeidsstelsels: { method: 'GET', path: 'v1/arbeidsstelsels', ttlMs: day },
  arbeidsregimes: { method: 'GET', path: 'v1/arbeidsregimes', ttlMs: day },
  arbeidscontractduren: { method: 'GET', path: 'v1/arbeidscontractduren', ttlMs: day },
  arbeidscontracten: { method: 'GET', path: 'v1/arbeidscontracten', ttlMs: day },
  softskills: { method: 'GET', path: 'v1/softskills', ttlMs: day },
  competenties: { method: 'GET', path: 'v1/competenties', ttlMs: day },
  sjablonen: { method: 'GET', path: 'v1/sjablonen', ttlMs: day },
  studieboom: { method: 'GET', path: 'v1/studieboom', ttlMs: day },
  talen: { method: 'GET', path: 'v1/talen', ttlMs: day }
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof endpoints
/** Endpoints that answer one record by its id. */
export type DetailName = 'vacature' | 'kandidaat'
/** Endpoints that answer an envelope of items. */
export type PageName = 'vacatures' | 'vacaturesInitial' | 'vacaturesBulk' | 'kandidaten' | 'kandidatenBulk'

/** A row by name, as the plain Endpoint it is. */
export const endpoint = (name: EndpointName): Endpoint => endpoints[name]

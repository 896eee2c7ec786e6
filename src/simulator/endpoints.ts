import { bulkKandidaten, bulkVacatures, initial } from './bulk.ts'
import { competentNames, competentRoute } from './competentApi.ts'
import { detail, details } from './detail.ts'
import { v2Form, type Form } from './form.ts'
import { references } from './references.ts'
import { searchKandidaten, searchVacatures } from './search.ts'
import type { World } from './world.ts'

/** The versions of the Vacature API that are served. Kandidaat v1 and the reference lists are served in each. */
export type Profile = 'v2' | 'v4' | 'both'

export const profiles: readonly Profile[] = ['v2', 'v4', 'both']

/** A call that passed the checks of key and limit. `id` is empty if the path has none; `today` is a day number. */
export type Question = { query: URLSearchParams; id: string; body: string; contentType: string; today: number }

type Row = { verb: string; path: string; needsToken?: boolean; answer: (question: Question) => unknown }

const v4 = 'vacatures/v4'

const vacatureRows = (world: World, base: string, form: Form): Row[] => [
  { verb: 'GET', path: base, answer: ({ query, today }) => searchVacatures(world, query, today, form) },
  { verb: 'POST', path: base, answer: ({ body, contentType }) => details(world, body, contentType, form) },
  { verb: 'GET', path: `${base}/initial`, answer: ({ query }) => initial(world, query, form) },
  { verb: 'GET', path: `${base}/bulk`, answer: ({ query }) => bulkVacatures(world, query, form) },
  { verb: 'GET', path: `${base}/{id}`, answer: ({ id }) => form.record(detail(world.vacatures, id, 'vacature')) }
]

const openData = /^\/services\/(opendata\/.*)$/s

/**
 * The path of a call below `/services/openservices/`, with a pinned version replaced by the version itself, or below
 * `/services/` for open data. The test environment has only Vacature v4. Empty for any other path.
 */
export const pathOf = (path: string) => {
  const [, open] = openData.exec(path) ?? []
  if (open !== undefined) return open
  const [, test, rest = ''] = /^\/services\/openservices(-test)?\/(.*)$/s.exec(path) ?? []
  const known = rest.replace(/^vacatures\/v4\.\d+\.\d+\//, `${v4}/`)
  return test === undefined || known.startsWith(`${v4}/`) ? known : ''
}

/** The endpoints of VDAB, one row per verb and path. Throws a Refusal when VDAB would refuse the call. */
export const createEndpoints = (world: World, { profile, v4Form }: { profile: Profile; v4Form: Form }) => {
  const rows: Row[] = [
    ...(profile === 'v4' ? [] : vacatureRows(world, 'v2/vacatures', v2Form)),
    ...(profile === 'v2' ? [] : vacatureRows(world, `${v4}/vacatures`, v4Form)).map((row) => ({
      ...row,
      needsToken: true
    })),
    { verb: 'GET', path: 'v1/kandidaten', answer: ({ query }) => searchKandidaten(world, query) },
    { verb: 'GET', path: 'v1/kandidaten/bulk', answer: ({ query }) => bulkKandidaten(world, query) },
    { verb: 'GET', path: 'v1/kandidaten/{id}', answer: ({ id }) => detail(world.kandidaten, id, 'kandidaat') },
    ...references.map(({ path, list }) => ({ verb: 'GET', path, answer: ({ query }: Question) => list(query) }))
  ]
  const named = (verb: string, path: string) => `${verb} /${path.replace(/^(v\d+|vacatures\/v4)\//, '')}`

  /** The names of endpoints, for counts and faults: the same in every version. */
  const names = [...new Set([...rows.map(({ verb, path }) => named(verb, path)), ...competentNames])]

  // The first matching path applies, so that `vacatures/bulk` does not match as an id.
  const match = (path: string) => {
    const exact = rows.find((row) => row.path === path)
    if (exact !== undefined) return { path, id: '' }
    const [, stem = '', id = ''] = /^(.+)\/([^/]+)$/.exec(path) ?? []
    return rows.some((row) => row.path === `${stem}/{id}`) ? { path: `${stem}/{id}`, id } : undefined
  }

  /** The route of a call: undefined for an unknown path, without `answer` for an unknown verb. */
  const route = (verb: string, path: string) => {
    if (path.startsWith('opendata/')) return competentRoute(verb, path)
    const found = match(path)
    if (found === undefined) return undefined
    const row = rows.find((candidate) => candidate.path === found.path && candidate.verb === verb)
    return {
      name: named(verb, found.path),
      id: found.id,
      needsToken: row?.needsToken === true,
      contentType: undefined,
      answer: row?.answer
    }
  }

  return { names, route }
}

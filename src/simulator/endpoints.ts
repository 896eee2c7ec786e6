import { bulkKandidaten, bulkVacatures, initial } from './bulk.ts'
import { detail, details } from './detail.ts'
import { references } from './references.ts'
import { searchKandidaten, searchVacatures } from './search.ts'
import type { World } from './world.ts'

/** A call that passed the checks of key and limit. `id` is empty where the path has none; `today` is a day number. */
export type Question = { query: URLSearchParams; id: string; body: string; contentType: string; today: number }

/** The endpoints of VDAB, one row per verb and path. Throws a Refusal where VDAB would refuse. */
export const createEndpoints = (world: World) => {
  const rows: { verb: string; path: string; answer: (question: Question) => unknown }[] = [
    { verb: 'GET', path: 'v2/vacatures', answer: ({ query, today }) => searchVacatures(world, query, today) },
    { verb: 'POST', path: 'v2/vacatures', answer: ({ body, contentType }) => details(world, body, contentType) },
    { verb: 'GET', path: 'v2/vacatures/initial', answer: ({ query }) => initial(world, query) },
    { verb: 'GET', path: 'v2/vacatures/bulk', answer: ({ query }) => bulkVacatures(world, query) },
    { verb: 'GET', path: 'v2/vacatures/{id}', answer: ({ id }) => detail(world.vacatures, id, 'vacature') },
    { verb: 'GET', path: 'v1/kandidaten', answer: ({ query }) => searchKandidaten(world, query) },
    { verb: 'GET', path: 'v1/kandidaten/bulk', answer: ({ query }) => bulkKandidaten(world, query) },
    { verb: 'GET', path: 'v1/kandidaten/{id}', answer: ({ id }) => detail(world.kandidaten, id, 'kandidaat') },
    ...references.map(({ path, list }) => ({ verb: 'GET', path, answer: ({ query }: Question) => list(query) }))
  ]
  const named = (verb: string, path: string) => `${verb} /${path.replace(/^v\d+\//, '')}`

  /** The names of endpoints, for counts and faults. */
  const names = rows.map(({ verb, path }) => named(verb, path))

  // The first matching path applies, so that `vacatures/bulk` does not match as an id.
  const match = (path: string) => {
    const exact = rows.find((row) => row.path === path)
    if (exact !== undefined) return { path, id: '' }
    const [, stem = '', id = ''] = /^(v\d+\/\w+)\/([^/]+)$/.exec(path) ?? []
    return rows.some((row) => row.path === `${stem}/{id}`) ? { path: `${stem}/{id}`, id } : undefined
  }

  /** The route of a call: undefined for an unknown path, without `answer` for an unknown verb. */
  const route = (verb: string, path: string) => {
    const found = match(path)
    if (found === undefined) return undefined
    const row = rows.find((candidate) => candidate.path === found.path && candidate.verb === verb)
    return { name: named(verb, found.path), id: found.id, answer: row?.answer }
  }

  return { names, route }
}

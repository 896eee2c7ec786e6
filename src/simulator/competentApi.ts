import { softskills } from './codes.ts'
import { beroepen, competenties } from './competent.ts'
import { Refusal } from './errors.ts'

/** A text in four languages; null for a missing language. */
type Text = { nl: string | null; fr: string | null; en: string | null; de: string | null }
type Call = { query: URLSearchParams; release: string; id: string }

const base = 'opendata/competent/v2'
const newest = '3.27'
const releases = [newest, '3.25']
const noText: Text = { nl: null, fr: null, en: null, de: null }

/** Invented translations: most texts have none. */
const translations: { readonly [nl: string]: Partial<Text> } = {
  'Software ontwikkelaar': { fr: 'Développeur logiciel', en: 'Software developer', de: 'Softwareentwickler' },
  'Data engineer': { fr: 'Ingénieur de données', en: 'Data engineer' },
  Slager: { fr: 'Boucher', en: 'Butcher', de: 'Metzger' },
  Aankoper: { fr: 'Acheteur' },
  'De markt analyseren': { fr: 'Analyser le marché', en: 'Analyse the market' },
  Klantgerichtheid: { fr: 'Orientation client', en: 'Customer focus', de: 'Kundenorientierung' }
}
const textOf = (nl: string): Text => ({ ...noText, ...translations[nl], nl })

/** With `lang`, only that language; if it is missing, all are null (upstream.md §4.1: a trap). */
const inLanguage = (text: Text, lang: string | null): Text =>
  lang === null ? text : { ...noText, ...(lang in text ? { [lang]: text[lang as keyof Text] } : {}) }

const linked = (path: string) => ({ self: { href: `/services/${base}/${path}` } })
const numberIn = (query: URLSearchParams, name: string, fallback: number) => {
  const given = query.get(name) ?? String(fallback)
  if (!/^\d{1,6}$/.test(given)) throw new Refusal(400, `${name} must be a number`)
  return Number(given)
}

/** A page in HAL: an empty list has no `_embedded`. Pages count from 0. */
const paged = (name: string, items: readonly unknown[], query: URLSearchParams, path: string) => {
  const size = Math.min(100, Math.max(1, numberIn(query, 'size', 20)))
  const number = numberIn(query, 'page', 0)
  const shown = items.slice(number * size, (number + 1) * size)
  return {
    ...(shown.length === 0 ? {} : { _embedded: { [name]: shown } }),
    _links: linked(path),
    page: { size, totalElements: items.length, totalPages: Math.ceil(items.length / size), number }
  }
}

const releaseOf = (given: string) => {
  if (given === 'current') return newest
  if (!releases.includes(given)) throw new Refusal(404)
  return given
}
const codeOf = (index: number) => `OP${String(index + 1).padStart(4, '0')}`

const search = ({ query }: Call) => {
  const type = query.get('entityTypes') ?? 'OCCUPATIONAL_PROFILE'
  const language = (query.get('language') ?? 'nl') as keyof Text // an unknown language finds nothing
  const value = (query.get('searchValue') ?? '').trim().toLowerCase()
  const found = beroepen
    .map(([id, nl], index) => ({ id, code: codeOf(index), releaseNumber: newest, title: textOf(nl) }))
    .filter(({ title }) => type === 'OCCUPATIONAL_PROFILE' && (title[language] ?? '').toLowerCase().includes(value))
  return paged(
    'competentSearchResultList',
    found.map((document) => ({ document })),
    query,
    'search'
  )
}

/** Invented: each occupation has some competences of the common table. */
const competencesOf = (index: number, from: number, count: number) =>
  Array.from({ length: count }, (_, step) => competenties[(index * 7 + from + step) % competenties.length]).flatMap(
    (row) => (row ? [row] : [])
  )
const indexOf = (id: string) => {
  const index = beroepen.findIndex(([code]) => code === id.toLowerCase())
  if (index < 0) throw new Refusal(404)
  return index
}

const softSkillList = (lang: string | null, count = softskills.length) =>
  softskills.slice(0, count).map(([id, nl]) => ({
    id,
    title: inLanguage(textOf(nl), lang),
    description: noText,
    shortDescription: inLanguage(textOf(nl), lang)
  }))

const profile = ({ query, release, id }: Call) => {
  const [index, releaseNumber, lang] = [indexOf(id), releaseOf(release), query.get('lang')]
  const competence = ([code, nl]: readonly [string, string]) => ({
    skill: { id: code, description: inLanguage(textOf(nl), lang) },
    knowledgeItems: competencesOf(index, 20, 2).map(([knowledge, label]) => ({
      id: knowledge,
      description: inLanguage(textOf(label), lang)
    }))
  })
  return {
    id: beroepen[index]?.[0],
    code: codeOf(index),
    releaseNumber,
    title: inLanguage(textOf(beroepen[index]?.[1] ?? ''), lang),
    essentialCompetences: competencesOf(index, 0, 3).map(competence),
    specificCompetences: competencesOf(index, 3, 2).map(competence),
    softSkills: softSkillList(lang, 3),
    _links: linked(`releases/${release}/occupationalprofiles/${id}`)
  }
}

const technical = (code: string, nl: string, { query, release }: Call) => ({
  id: code,
  releaseNumber: releaseOf(release),
  description: inLanguage(textOf(nl), query.get('lang'))
})
const technicalCompetences = (call: Call) => {
  const profileId = call.query.get('occupationalProfileId')
  const rows = profileId === null ? competenties : competencesOf(indexOf(profileId), 0, 5)
  const items = rows.map(([code, nl]) => technical(code, nl, call))
  return paged('technicalCompetenceListInfoList', items, call.query, `releases/${call.release}/technicalcompetences`)
}
const technicalCompetence = (call: Call) => {
  const row = competenties.find(([code]) => code === call.id.toLowerCase())
  if (row === undefined) throw new Refusal(404)
  return { ...technical(...row, call), _links: linked(`releases/${call.release}/technicalcompetences/${row[0]}`) }
}
const softSkills = ({ query, release }: Call) => {
  releaseOf(release)
  return paged('softSkillList', softSkillList(query.get('lang')), query, `releases/${release}/softskills`)
}

const one = '([^/]+)'
const rows: readonly { path: string; answer: (call: Call) => unknown }[] = [
  { path: 'search', answer: search },
  { path: 'releases/{release}/occupationalprofiles/{id}', answer: profile },
  { path: 'releases/{release}/technicalcompetences', answer: technicalCompetences },
  { path: 'releases/{release}/technicalcompetences/{id}', answer: technicalCompetence },
  { path: 'releases/{release}/softskills', answer: softSkills }
].map((row) => ({ ...row, path: `${base}/${row.path}` }))
const nameOf = (verb: string, path: string) => `${verb} /${path.replace(`${base}/`, 'competent/')}`

/** The names of the endpoints of Competent, for counts and faults. */
export const competentNames = rows.map(({ path }) => nameOf('GET', path))

/**
 * The route of a call to Competent 2 (upstream.md §4.1) [strong]; undefined for an unknown path, without `answer` for
 * an unknown verb. Responses are HAL; data that is not in the tables of codes is invented.
 */
export const competentRoute = (verb: string, path: string) => {
  for (const { path: pattern, answer } of rows) {
    const [found, ...parts] = new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, one)}$`).exec(path) ?? []
    if (found === undefined) continue
    const [release = '', id = ''] = parts
    return {
      name: nameOf(verb, pattern),
      id: '',
      needsToken: false,
      contentType: 'application/hal+json',
      answer: verb === 'GET' ? ({ query }: { query: URLSearchParams }) => answer({ query, release, id }) : undefined
    }
  }
  return undefined
}

/**
 * The paths that each value of `velden` adds to a search item (upstream.md §3.2) [strong, from v4 clients; `status`
 * from a v2 client]. `competentie` is not used: it is not public which requirements it adds, and the list could be
 * incomplete.
 */
const pathsOfVelden: Readonly<Record<string, readonly string[]>> = {
  status: ['status'],
  vdabreferentie: ['vacatureReferentie.vdabReferentie'],
  leverancier: ['leverancier.kboNummer', 'leverancier.naam', 'leverancier.type'],
  tewerkstellingsgemeente: [
    'tewerkstellingsadres.postcode',
    'tewerkstellingsadres.gemeente',
    'tewerkstellingsadres.landCode'
  ],
  beroep: ['functie.beroepsprofiel.code']
}
const always = new Set(['id', '__typename', 'vacatureReferentie.interneReferentie'])
const beroep = ['competent', 'rome', 'isco', 'escoUri'].flatMap((list) =>
  ['code', 'zekerheid', 'bron'].map((member) => `beroep.${list}.${member}`)
)
/**
 * Fields that are derived from another field: VDAB v2 sends no label with a code, so a missing label proves nothing.
 */
const derivedFrom: Readonly<Record<string, string>> = {
  ...Object.fromEntries(beroep.map((path) => [path, 'functie.beroepsprofiel.code'])),
  'functie.beroepsprofiel.label': 'functie.beroepsprofiel.code',
  'functie.beroepsprofiel.lijst': 'functie.beroepsprofiel.code'
}

/**
 * A `__typename` needs no data when another field of its object is selected; without one, it needs to know whether the
 * object exists.
 */
const needsNothing = (path: string, paths: readonly string[]) =>
  path.endsWith('.__typename') &&
  paths.some((other) => !other.endsWith('__typename') && other.startsWith(path.slice(0, -'__typename'.length)))

/** Tests whether a path is only in the full record, and not added by any of these values of `velden`. */
export const createIsOnlyInRecord = (velden: readonly string[]): ((path: string) => boolean) => {
  const within = new Set([...always, ...velden.flatMap((name) => pathsOfVelden[name] ?? [])])
  return (path) => !path.endsWith('__typename') && !within.has(derivedFrom[path] ?? path)
}

/** The values of `velden` for a search, and the paths that they must add. */
export type Wanted = { readonly velden: readonly string[]; readonly paths: readonly string[] }

/**
 * The `velden` that add all `paths` (dotted leaves of a Vacature). Undefined when a path is only in the full record, or
 * more values are needed than VDAB allows in one search.
 */
export const veldenFor = (
  paths: readonly string[],
  { velden, maxVelden }: { velden: readonly string[]; maxVelden: number }
): Wanted | undefined => {
  const wanted = paths
    .filter((path) => !always.has(path) && !needsNothing(path, paths))
    .map((path) => derivedFrom[path] ?? path)
  const values = wanted.map((path) => velden.find((name) => pathsOfVelden[name]?.includes(path)))
  const needed = new Set(values.flatMap((value) => value ?? []))
  return values.includes(undefined) || needed.size > maxVelden
    ? undefined
    : { velden: [...needed].sort(), paths: wanted }
}

/** Does a record have a value at this dotted path? */
export const hasPath = (record: unknown, path: string): boolean =>
  path
    .split('.')
    .reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[step] : undefined,
      record
    ) !== undefined // any object can be read by name

/** Does one of the items have a value at a path of this value of `velden`? */
export const wasDelivered = (name: string, items: readonly unknown[]): boolean =>
  items.some((item) => (pathsOfVelden[name] ?? []).some((path) => hasPath(item, path)))

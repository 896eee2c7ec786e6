/**
 * What each value of `velden` adds to a search item, as paths in the record (upstream.md §3.2) [strong, from v4 clients;
 * `status` from a v2 client]. `competentie` is left out on purpose: which of a vacancy's requirements it brings is not
 * public, and a list that may be half a list must not pass for the whole.
 */
const brings: Readonly<Record<string, readonly string[]>> = {
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
/** Fields that are made of another one: VDAB v2 sends no label with a code, so its absence proves nothing. */
const madeOf: Readonly<Record<string, string>> = {
  'functie.beroepsprofiel.label': 'functie.beroepsprofiel.code',
  'functie.beroepsprofiel.lijst': 'functie.beroepsprofiel.code'
}

/** A `__typename` asks nothing where another field of its object is asked; alone, it asks whether the object is there. */
const asksNothing = (path: string, paths: readonly string[]) =>
  path.endsWith('.__typename') &&
  paths.some((other) => !other.endsWith('__typename') && other.startsWith(path.slice(0, -'__typename'.length)))

/** Tells of a path whether it is surely in the full record only, whichever of these values of `velden` is asked with a search. */
export const beyond = (velden: readonly string[]): ((path: string) => boolean) => {
  const within = new Set([...always, ...velden.flatMap((name) => brings[name] ?? [])])
  return (path) => !path.endsWith('__typename') && !within.has(madeOf[path] ?? path)
}

/** What to ask with a search: values of `velden`, and the paths that they must bring. */
export type Wanted = { readonly velden: readonly string[]; readonly paths: readonly string[] }

/**
 * The `velden` that bring every one of `paths` (dotted leaves of a Vacature), or undefined when some path is in the full
 * record only, or when more values are needed than VDAB allows at once.
 */
export const veldenFor = (
  paths: readonly string[],
  { velden, maxVelden }: { velden: readonly string[]; maxVelden: number }
): Wanted | undefined => {
  const wanted = paths
    .filter((path) => !always.has(path) && !asksNothing(path, paths))
    .map((path) => madeOf[path] ?? path)
  const values = wanted.map((path) => velden.find((name) => brings[name]?.includes(path)))
  const needed = new Set(values.flatMap((value) => value ?? []))
  return values.includes(undefined) || needed.size > maxVelden
    ? undefined
    : { velden: [...needed].sort(), paths: wanted }
}

/** Does a record carry something at this dotted path? */
export const carries = (record: unknown, path: string): boolean =>
  path
    .split('.')
    .reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[step] : undefined,
      record
    ) !== undefined // an object read by name

/** Did at least one of the items carry something of what this value of `velden` brings? */
export const brought = (name: string, items: readonly unknown[]): boolean =>
  items.some((item) => (brings[name] ?? []).some((path) => carries(item, path)))

type Path = readonly (string | number)[]
/** An error or a similar object with its path in the response, and its locations in the document. */
type Placed = { readonly path?: Path | undefined; readonly locations?: readonly unknown[] | undefined }

const isName = (step: string | number): step is string => typeof step === 'string'

/** The objects at a path of a response, for all list indexes. */
const objectsAt = function* (value: unknown, [name, ...names]: readonly string[]): Generator<object, void, void> {
  if (Array.isArray(value)) for (const item of value) yield* objectsAt(item, name === undefined ? [] : [name, ...names])
  else if (typeof value === 'object' && value !== null) {
    if (name === undefined) yield value
    else yield* objectsAt((value as Readonly<Record<string, unknown>>)[name], names)
  }
}

/** Compares two names by their order in the objects at a path; 0 when no object has both. */
const compareNames = (data: unknown, path: readonly string[], a: string, b: string): number => {
  for (const object of objectsAt(data, path)) {
    if (!Object.hasOwn(object, a) || !Object.hasOwn(object, b)) continue
    const names = Object.keys(object)
    return names.indexOf(a) - names.indexOf(b)
  }
  return 0
}

const comparePaths = (data: unknown, a: Path, b: Path): number => {
  const at = a.findIndex((step, index) => step !== b[index])
  const [one, two] = [a[at], b[at]]
  if (one === undefined || two === undefined) return a.length - b.length
  return isName(one) && isName(two)
    ? compareNames(data, a.slice(0, at).filter(isName), one, two)
    : Number(one) - Number(two)
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Sorts errors by their paths in the response. GraphQL appends errors as they occur, so their order would reveal which
 * parts were cached. Errors below a value that became null are sorted by the text of the path.
 */
export const errorsInOrder = <T extends Placed>(data: unknown, errors: readonly T[]): readonly T[] =>
  errors.length < 2
    ? errors
    : [...errors].sort(
        (a, b) =>
          comparePaths(data, a.path ?? [], b.path ?? []) ||
          compareTexts(JSON.stringify([a.path, a.locations]), JSON.stringify([b.path, b.locations]))
      )

/** Sorts paths whose steps are joined by dots. */
export const placesInOrder = (data: unknown, places: readonly string[]): readonly string[] =>
  places.length < 2
    ? places
    : [...places].sort((a, b) => comparePaths(data, a.split('.'), b.split('.')) || compareTexts(a, b))

/** The paths of the errors in a response, each path once, without list indexes, and their codes. */
export const errorPlaces = (
  errors: readonly { readonly path?: Path | undefined; readonly extensions: Readonly<Record<string, unknown>> }[] = []
): readonly { readonly pad: string; readonly code: unknown }[] => {
  const places = errors.map(({ path = [], extensions }) => ({
    pad: path.filter(isName).join('.'),
    code: extensions['code']
  }))
  return [...new Map(places.map((place) => [`${place.pad} ${String(place.code)}`, place])).values()]
}

type Path = readonly (string | number)[]
/** Something with a place in an answer; `locations` are those in the document. */
type Placed = { readonly path?: Path | undefined; readonly locations?: readonly unknown[] | undefined }

const isName = (step: string | number): step is string => typeof step === 'string'

/** The objects at a place of an answer, whatever their positions in lists. */
const objectsAt = function* (value: unknown, [name, ...names]: readonly string[]): Generator<object, void, void> {
  if (Array.isArray(value)) for (const item of value) yield* objectsAt(item, name === undefined ? [] : [name, ...names])
  else if (typeof value === 'object' && value !== null) {
    if (name === undefined) yield value
    else yield* objectsAt((value as Readonly<Record<string, unknown>>)[name], names)
  }
}

/** Which of two names comes first in the objects at a place: negative, positive, or 0 where none of them holds both. */
const compareNames = (data: unknown, place: readonly string[], a: string, b: string): number => {
  for (const object of objectsAt(data, place)) {
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
 * Errors in the order of their places in the answer. GraphQL adds each when it happens, so their order would tell what was
 * cached. Below a value that became null, the text of the path decides.
 */
export const errorsInOrder = <T extends Placed>(data: unknown, errors: readonly T[]): readonly T[] =>
  errors.length < 2
    ? errors
    : [...errors].sort(
        (a, b) =>
          comparePaths(data, a.path ?? [], b.path ?? []) ||
          compareTexts(JSON.stringify([a.path, a.locations]), JSON.stringify([b.path, b.locations]))
      )

/** The same for places as `pathWithoutIndexes` names them. */
export const placesInOrder = (data: unknown, places: readonly string[]): readonly string[] =>
  places.length < 2
    ? places
    : [...places].sort((a, b) => comparePaths(data, a.split('.'), b.split('.')) || compareTexts(a, b))

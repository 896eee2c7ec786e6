import { closestMatch } from 'leven'

/** One letter of a short word, and a third of a long one. */
const standardDistance = (given: string) => Math.max(1, Math.floor(given.length / 3))

/**
 * The name among `known` that was probably meant; undefined when none is near. `maxDistance` is the number of letters
 * to insert, remove or replace (Levenshtein). Upper and lower case are the same.
 */
export const likelyName = (
  given: string,
  known: Iterable<string>,
  maxDistance = standardDistance(given)
): string | undefined => {
  const names = new Map([...known].map((name) => [name.toLowerCase(), name]))
  const closest = closestMatch(given.toLowerCase(), [...names.keys()], { maxDistance })
  return closest === undefined ? undefined : names.get(closest)
}

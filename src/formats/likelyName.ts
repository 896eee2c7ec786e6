import { closestMatch } from 'leven'

/**
 * One letter for a word of up to three, two letters for a word of up to eight, and a third of the letters for a longer
 * one.
 */
const standardDistance = ({ length }: string) => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)))

/**
 * The name among `known` that was probably meant; undefined when none is similar. `maxDistance` is the number of
 * letters to insert, remove or replace (Levenshtein). The comparison ignores case.
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

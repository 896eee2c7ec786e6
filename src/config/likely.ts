/**
 * The number of single changes between two words: a letter added, dropped or replaced, or two neighbours exchanged
 * (optimal string alignment). Upper and lower case are the same.
 */
export const wordDistance = (one: string, other: string): number => {
  const [from, to] = [one.toUpperCase(), other.toUpperCase()]
  let before: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        (above[column] ?? Infinity) + 1,
        (current[column - 1] ?? Infinity) + 1,
        (above[column - 1] ?? Infinity) + (isSame ? 0 : 1),
        isSwap ? (before[column - 2] ?? Infinity) + 1 : Infinity
      )
    }
    before = above
    above = current
  }
  return above[to.length] ?? Infinity
}

/** The name among `known` that was probably meant: at most `maxDistance` changes away; undefined when none is. */
export const likelyName = (given: string, known: Iterable<string>, maxDistance: number): string | undefined => {
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    if (Math.abs(name.length - given.length) > maxDistance) continue
    const distance = wordDistance(given, name)
    if (distance <= maxDistance && distance < (best?.distance ?? Infinity)) best = { name, distance }
  }
  return best?.name
}

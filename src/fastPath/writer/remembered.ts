type Options<T> = {
  make: (text: string) => T
  /** what all of it may weigh */
  most: number
  weightOf: (text: string, made: T) => number
}

/**
 * What was made of a text, remembered in two halves: once one is full it is the older one, and the one that was older
 * is let go, but for what was asked for meanwhile. Nothing has to be noted of a use, which is most of what a least
 * recently used one costs.
 */
export const createRemembered = <T extends string>({ make, most, weightOf }: Options<T>) => {
  let young = new Map<string, T>()
  let old = young
  let weight = 0

  const enter = (text: string): T => {
    const made = old.get(text) ?? make(text)
    const own = weightOf(text, made)
    if (own > most / 10) return made // one alone must not push out all others
    weight += own
    if (weight > most / 2) {
      old = young
      young = new Map()
      weight = own
    }
    young.set(text, made)
    return made
  }

  return (text: string): T => young.get(text) ?? enter(text)
}

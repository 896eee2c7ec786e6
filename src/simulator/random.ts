/** One 32-bit number out of several: the same parts always give the same number. */
export const mix = (...parts: number[]) => {
  let hash = 0x9e3779b9
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85ebca6b)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash >>> 0
}

/** A repeatable sequence of draws that starts from the given parts. `pick` throws on an empty list. */
export const createDice = (...parts: number[]) => {
  let state = mix(...parts)

  const roll = () => {
    state = (state + 0x6d2b79f5) | 0
    let drawn = Math.imul(state ^ (state >>> 15), 1 | state)
    drawn = (drawn + Math.imul(drawn ^ (drawn >>> 7), 61 | drawn)) ^ drawn
    return ((drawn ^ (drawn >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number) => Math.floor(roll() * limit)
  const between = (low: number, high: number) => low + below(high - low + 1)
  const chance = (share: number) => roll() < share
  const pick = <Item>(list: readonly Item[]): Item => {
    const item = list[below(list.length)]
    if (item === undefined) throw new Error('an empty list has nothing to pick')
    return item
  }
  const some = <Item>(list: readonly Item[], size: number): Item[] => {
    const chosen = new Set<Item>()
    for (let turn = 0; turn < size; turn++) chosen.add(pick(list))
    return [...chosen]
  }

  return { roll, below, between, chance, pick, some }
}

/** A repeatable sequence of draws. */
export type Dice = ReturnType<typeof createDice>

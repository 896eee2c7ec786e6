/** A 32-bit hash of several parts. */
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

/** A pseudo-random sequence seeded by the given parts. `pick` throws on an empty list. */
export const createDice = (...parts: number[]) => {
  let state = mix(...parts)

  // Methods rather than arrow functions: half a million of these objects are created at the start, and tsx would set
  // the name of each arrow function.
  const dice = {
    /** from 0 to 1, exclusive */
    roll(): number {
      state = (state + 0x6d2b79f5) | 0
      let drawn = Math.imul(state ^ (state >>> 15), 1 | state)
      drawn = (drawn + Math.imul(drawn ^ (drawn >>> 7), 61 | drawn)) ^ drawn
      return ((drawn ^ (drawn >>> 14)) >>> 0) / 4294967296
    },
    /** a whole number from 0 to the limit, exclusive */
    below(limit: number): number {
      return Math.floor(dice.roll() * limit)
    },
    /** a whole number, both ends included */
    between(low: number, high: number): number {
      return low + dice.below(high - low + 1)
    },
    chance(share: number): boolean {
      return dice.roll() < share
    },
    pick<Item>(list: readonly Item[]): Item {
      const item = list[dice.below(list.length)]
      if (item === undefined) throw new Error('an empty list has nothing to pick')
      return item
    },
    /** different items, up to a maximum */
    some<Item>(list: readonly Item[], size: number): Item[] {
      const chosen: Item[] = []
      for (let turn = 0; turn < size; turn++) {
        const item = dice.pick(list)
        if (!chosen.includes(item)) chosen.push(item)
      }
      return chosen
    }
  }
  return dice
}

export type Dice = ReturnType<typeof createDice>

const slotMs = 10_000
const slots = 360
const perMinute = 6

type Row = {
  readonly amounts: Float64Array
  readonly numbers: Float64Array
  pending: number
  /** the sum since the start, if it is counted elsewhere */
  total: number
  lastAt: number
}

/** The sums of the last minute and of the last hour. */
export type Rolled = { readonly minute: number; readonly hour: number; readonly lastAt: number }

/** Sums of the last hour by name, in slots of ten seconds. The caller limits the names. */
export const createRolling = (now: () => number) => {
  const rows = new Map<string, Row>()
  const create = (name: string): Row => {
    const row = {
      amounts: new Float64Array(slots),
      numbers: new Float64Array(slots).fill(-1),
      pending: 0,
      total: 0,
      lastAt: 0
    }
    rows.set(name, row)
    return row
  }
  const sum = ({ amounts, numbers }: Row, current: number, count: number) =>
    amounts.reduce((total, amount, index) => {
      const number = numbers[index] ?? -1
      return number > current - count && number <= current ? total + amount : total
    }, 0)

  /** Moves the amounts since the previous call into the slot of this instant; to be called about each second. */
  const fold = () => {
    const time = now()
    const number = Math.floor(time / slotMs)
    const index = number % slots
    for (const row of rows.values()) {
      if (row.pending === 0) continue
      if (row.numbers[index] !== number) {
        row.numbers[index] = number
        row.amounts[index] = 0
      }
      row.amounts[index] = (row.amounts[index] ?? 0) + row.pending
      row.pending = 0
      row.lastAt = time
    }
  }

  return {
    /** Adds an amount. It costs one lookup and one addition, since it runs for each response. */
    add: (name: string, amount: number) => {
      const row = rows.get(name) ?? create(name)
      row.pending += amount
    },
    /** Adds the growth of sums that are counted elsewhere. */
    follow: (totals: readonly (readonly [name: string, total: number])[]) => {
      const sums = new Map<string, number>()
      for (const [name, total] of totals) sums.set(name, (sums.get(name) ?? 0) + total)
      for (const [name, total] of sums) {
        const row = rows.get(name) ?? create(name)
        row.pending += total - row.total
        row.total = total
      }
    },
    fold,
    /** All names with a non-zero amount in the last hour. */
    sums: (): Readonly<Record<string, Rolled>> => {
      fold()
      const current = Math.floor(now() / slotMs)
      return Object.fromEntries(
        [...rows]
          .map(([name, row]) => {
            const rolled = { minute: sum(row, current, perMinute), hour: sum(row, current, slots), lastAt: row.lastAt }
            return [name, rolled] as const
          })
          .filter(([, { hour }]) => hour > 0)
      )
    }
  }
}

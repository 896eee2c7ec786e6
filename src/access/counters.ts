/** How a booking went; `remaining` is what is left after it, `endsAt` (ms) when the count begins anew. */
export type Taken = { readonly fits: boolean; readonly remaining: number; readonly endsAt: number }

/**
 * Counts what each consumer has used of a limit. Where several processes count together each holds a part in advance, so
 * that most bookings are known at once; the sum of all never exceeds the limit.
 */
export type Counter = {
  /** Books what fits; undefined where that is not known here at once. What does not fit is not booked. */
  take: (name: string, amount: number, limit: number) => Taken | undefined
  /** Is it known here that so much fits? */
  holds: (name: string, amount: number, limit: number) => boolean
  /** Resolves once `take` of so much is known; undefined when it is already. */
  ready: (name: string, amount: number, limit: number) => Promise<void> | undefined
  /** Gives back what was taken, where it is not for a time but until it is given back. */
  free: (name: string, amount: number) => void
}

const mostTries = 3
const soonMs = 1000

/** Counts in this process: one window of `windowMs` for everybody, which opens with the first booking after the last one has ended. */
export const createCounter = ({
  windowMs = Infinity,
  now = Date.now
}: { windowMs?: number; now?: () => number } = {}): Counter => {
  const used = new Map<string, { amount: number }>()
  let endsAt = -Infinity

  const open = () => {
    const time = now()
    if (time < endsAt) return
    used.clear()
    endsAt = time + windowMs
  }

  return {
    take(name, amount, limit) {
      open()
      const own = used.get(name) ?? { amount: 0 }
      const fits = own.amount + amount <= limit
      if (fits) {
        if (own.amount === 0) used.set(name, own)
        own.amount += amount
      }
      return { fits, remaining: Math.max(0, limit - own.amount), endsAt }
    },
    holds(name, amount, limit) {
      open()
      return (used.get(name)?.amount ?? 0) + amount <= limit
    },
    ready: () => undefined,
    free(name, amount) {
      const own = used.get(name)
      if (own) own.amount -= amount
      if (own && own.amount <= 0) used.delete(name)
    }
  }
}

/** Books, waiting where it is not known at once; what stays unknown, as when another process hangs, does not fit for a second. */
export const book = async (tally: Counter, name: string, amount: number, limit: number): Promise<Taken> => {
  for (let left = mostTries; left > 0; left -= 1) {
    const taken = tally.take(name, amount, limit)
    if (taken) return taken
    await tally.ready(name, amount, limit)
  }
  return tally.take(name, amount, limit) ?? { fits: false, remaining: 0, endsAt: Date.now() + soonMs }
}

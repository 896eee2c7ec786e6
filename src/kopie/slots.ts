import { GatewayError } from '../errors.ts'

const retryAfter = 10

type Dependencies = { max: number; maxPerConsumer: number }

/** How many exports run at once, for one consumer and for all. */
export const createSlots = ({ max, maxPerConsumer }: Dependencies) => {
  const taken = new Map<string, number>()
  let all = 0
  const refuse = (whose: string, most: number) => new GatewayError('RATE_LIMITED', `${whose} ${most === 1 ? 'one export' : `${most} exports`} under way, which is the most; ask again in ${retryAfter} s.`, { retryAfter })

  /** Takes a place for a consumer, and gives the function that gives it back; throws RATE_LIMITED when there is none. */
  return (name: string): (() => void) => {
    const own = taken.get(name) ?? 0
    if (own >= maxPerConsumer) throw refuse('You have', maxPerConsumer)
    if (all >= max) throw refuse('This gateway has', max)
    taken.set(name, own + 1)
    all += 1
    let isFree = false
    return () => {
      if (isFree) return
      isFree = true
      all -= 1
      const left = (taken.get(name) ?? 1) - 1
      if (left > 0) taken.set(name, left)
      else taken.delete(name)
    }
  }
}

export type Slots = ReturnType<typeof createSlots>

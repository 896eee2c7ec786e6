import { createCounter } from '../access/counters.ts'
import type { Counter } from '../access/counters.ts'
import { GatewayError } from '../errors.ts'

const retryAfter = 10
const everybody = 'all'

/** The places of each consumer, and those of all together. */
export type Places = { own: Counter; all: Counter }
type Dependencies = { max: number; maxPerConsumer: number; places?: Places | undefined }

/** How many exports run at once, for one consumer and for all. */
export const createSlots = ({
  max,
  maxPerConsumer,
  places: { own, all } = { own: createCounter(), all: createCounter() }
}: Dependencies) => {
  const refuse = (whose: string, most: number) =>
    new GatewayError(
      'RATE_LIMITED',
      `${whose} ${most === 1 ? 'one export' : `${most} exports`} under way, which is the most; ask again in ${retryAfter} s.`,
      { retryAfter }
    )

  /** Takes a place for a consumer, and gives the function that gives it back; throws RATE_LIMITED when there is none. */
  const take = (name: string): (() => void) => {
    if (!own.take(name, 1, maxPerConsumer)?.fits) throw refuse('You have', maxPerConsumer)
    if (!all.take(everybody, 1, max)?.fits) {
      own.free(name, 1)
      throw refuse('This gateway has', max)
    }
    let isFree = false
    return () => {
      if (isFree) return
      isFree = true
      own.free(name, 1)
      all.free(everybody, 1)
    }
  }
  return Object.assign(take, {
    /** Resolves once a place is kept here, if there is one. */
    ready: async (name: string): Promise<void> => {
      await Promise.all([own.ready(name, 1, maxPerConsumer), all.ready(everybody, 1, max)])
    }
  })
}

export type Slots = ReturnType<typeof createSlots>

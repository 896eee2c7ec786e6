import { createCounter, type Counter } from '../access/counters.ts'
import { GatewayError } from '../errors.ts'

const retryAfter = 10
const everybody = 'all'

/** Counts the running exports: `own` per consumer, `all` in total. */
export type SlotCounters = { own: Counter; all: Counter }
type Dependencies = { max: number; maxPerConsumer: number; counters?: SlotCounters | undefined }

/** Limits the number of concurrent exports, per consumer and in total. */
export const createSlots = ({ max, maxPerConsumer, counters }: Dependencies) => {
  const { own, all } = counters ?? { own: createCounter(), all: createCounter() }
  const refuse = (subject: string, most: number) => {
    const running = `${subject} ${most === 1 ? 'one export' : `${most} exports`} running`
    return new GatewayError('RATE_LIMITED', `${running}, which is the maximum; ask again in ${retryAfter} s.`, {
      retryAfter
    })
  }

  /** Takes a slot for a consumer and returns the function that frees it. Throws RATE_LIMITED when none is free. */
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
    /** Resolves when this process knows whether a slot is free. */
    ready: async (name: string): Promise<void> => {
      await Promise.all([own.ready(name, 1, maxPerConsumer), all.ready(everybody, 1, max)])
    }
  })
}

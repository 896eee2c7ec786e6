import type { Cause } from '../upstream/client.ts'
import type { Vdab } from '../vdab/lookup.ts'
import type { Noun } from './cursor.ts'
import { dayMs } from './positions.ts'
import { createWindowReader } from './window.ts'

type Dependencies = { vdab: Pick<Vdab, 'bulk'>; overlapMs: number; maxDays: number; now: () => number }

/**
 * Makes readers of VDAB's feeds. `causeOf` gives the cause of each call by its offset, `onAsk` is called before each
 * call, and `upTo` is the instant up to which is read, in ms.
 */
export const createReaders =
  ({ vdab, overlapMs, maxDays, now }: Dependencies) =>
  (noun: Noun, causeOf: (vanaf: number) => Cause, onAsk: () => void = () => {}, upTo = now) =>
    createWindowReader({
      overlapMs,
      maxMs: maxDays * dayMs,
      now: upTo,
      ask: ({ van, tot, vanaf, aantal }) => {
        onAsk()
        return vdab.bulk(
          noun,
          {
            van: [new Date(van).toISOString()],
            tot: [new Date(tot).toISOString()],
            vanaf: [String(vanaf)],
            aantal: [String(aantal)]
          },
          causeOf(vanaf)
        )
      }
    })

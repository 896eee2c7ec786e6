import { setTimeout } from 'node:timers/promises'
import type { SharedLog } from '../sharing/contract.ts'
import type { Noun } from './cursor.ts'
import { createSharedFeed } from './sharedFeed.ts'
import { cursorFileOf, type ChangeSource, type SourceOptions } from './source.ts'

/** The interval at which a member reads the log. All members invalidate a change soon after the poll that found it. */
const lookMs = 100
/** The interval at which a leader renews its lead, and the other members try to become leader. */
const leadMs = 1000

/** The feeds of both nouns, each polled by one of the gateways that share a log. */
export const createSharedSources = (options: SourceOptions, logOf: (noun: Noun) => SharedLog) => {
  const file = cursorFileOf(options)

  const sourceOf = (noun: Noun): ChangeSource => {
    const { source, lead, look, pollWhenDue } = createSharedFeed(noun, logOf(noun), { ...options, file })
    const stopping = new AbortController()
    const run = async () => {
      for (let leadAt = -Infinity; !stopping.signal.aborted;) {
        if (performance.now() >= leadAt) {
          leadAt = performance.now() + leadMs
          await lead()
        }
        await look()
        void pollWhenDue() // a poll can take longer than this member may be silent
        await setTimeout(lookMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined) // stopped
      }
    }
    return {
      ...source,
      start: () => void run(),
      stop: () => {
        stopping.abort()
        source.stop()
      }
    }
  }
  return { vacature: sourceOf('vacature'), kandidaat: sourceOf('kandidaat') }
}

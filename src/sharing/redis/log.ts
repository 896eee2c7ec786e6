import { createSeal } from '../../formats/seal.ts'
import type { LogPlace, SharedLog } from '../contract.ts'
import { append, lead, readLog, resign } from './logScripts.ts'
import type { Members } from './members.ts'

/** A leader that does not renew its lead for this time loses it. */
const leadMs = 3000
const mostEntries = 1000
const mostRead = 50
const keptMs = 3_600_000

type Dependencies = { members: Members; prefix: string; secret: string }
type Read = readonly [last: string, entries: readonly (readonly [place: string, ageMs: string, sealed: string])[]]

const placeOf = (id: string): LogPlace => {
  const [epoch, number] = id.split('-').map(Number)
  return { epoch: epoch ?? 0, number: number ?? 0 }
}

/**
 * A log in a Redis stream, with one leader. Its entries are encrypted, because they contain ids of people whose records
 * changed.
 */
export const createLog = ({ members, prefix, secret }: Dependencies, name: string): SharedLog => {
  const leaderKey = `${prefix}leader:${name}`
  const stream = `${prefix}feed:${name}`
  const seal = createSeal(secret, 'vdab-gateway feed')
  const idOf = ({ epoch, number }: LogPlace) => `${epoch}-${number}`
  const ownerOf = (id: string) => `${stream} ${id}`

  return {
    now: members.redisNow,
    lead: async ({ known, own = 0 }) => {
      const epoch = Number(await members.run(lead, leaderKey, [leadMs, known, own], [stream]))
      return epoch === 0 ? undefined : epoch
    },
    resign: async () => {
      await members.run(resign, leaderKey, [])
    },
    append: async ({ epoch, number, text, madeAt }) => {
      const sealed = seal.close(text, ownerOf(idOf({ epoch, number })))
      const values = [epoch, number, Math.floor(madeAt), sealed, mostEntries, keptMs]
      if ((await members.run(append, leaderKey, values, [stream])) !== 1) throw new Error('another member leads')
    },
    read: async (after) => {
      // the script's shape
      const [last, entries] = (await members.run(readLog, stream, [idOf(after), mostRead])) as Read
      return {
        last: placeOf(last),
        entries: entries.map(([id, ageMs, sealed]) => ({
          ...placeOf(id),
          ageMs: Number(ageMs),
          text: seal.open(sealed, ownerOf(id))
        }))
      }
    }
  }
}

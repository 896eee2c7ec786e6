import { setMaxListeners } from 'node:events'
import { request } from 'undici'
import { keyOf, limits } from '../consumers.ts'
import type { Row, Verdict } from '../row.ts'
import { askedOf, spreads, verdictOf } from './limits.ts'

/** The maximum of simultaneous streams of one consumer. Each member is repeatedly asked for one more. */
export const seats = async (row: Row): Promise<Verdict> => {
  const most = spreads.map(async (spread) => {
    const ends = new AbortController()
    setMaxListeners(0, ends.signal)
    let [open, most] = [0, 0]
    const take = async (member: number) => {
      try {
        const answer = await request(`${row.world.urls[member]}/api/vacatures/wijzigingen`, {
          headers: { 'x-api-key': keyOf(`streams-${spread}-${row.number}`), accept: 'text/event-stream' },
          signal: ends.signal,
          bodyTimeout: 0
        })
        if (answer.statusCode >= 500) row.fail(`${answer.statusCode} to a stream`)
        if (answer.statusCode !== 200) {
          await answer.body.dump()
          return
        }
        open += 1
        most = Math.max(most, open)
        answer.body.on('error', () => {})
        answer.body.once('close', () => {
          open -= 1
        })
        answer.body.resume()
      } catch (error) {
        row.fail(`no stream: ${String(error)}`)
      }
    }
    await row.every(700, () => Promise.all(askedOf(row, spread).map(take)))
    ends.abort()
    return most
  })
  return verdictOf(row, limits.streams, await Promise.all(most))
}

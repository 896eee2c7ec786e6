import { limits } from '../consumers.ts'
import type { Row, Verdict } from '../row.ts'
import { members } from '../world.ts'

/** Does the load use all members from the start, or only one member before the fault? */
type Spread = 'even' | 'one'
export const spreads: readonly Spread[] = ['even', 'one']

/** The members to send requests to now. */
export const askedOf = (row: Row, spread: Spread): readonly number[] =>
  spread === 'one' && row.phase() === 'before' ? [0] : Array.from({ length: members }, (_, member) => member)

/** Were both limits kept, within the excess that the how-to allows for this fault? */
export const verdictOf = ({ fault }: Row, limit: number, used: readonly number[]): Verdict => {
  const { allowed = { even: 0, one: 0 } } = fault
  const isOk = used.every((count, index) => count <= Math.floor(limit * (1 + allowed[spreads[index] ?? 'even'])))
  return { isOk, text: `${used.join(' & ')} of ${limit}` }
}

/** The number of served requests of one consumer: a row is within one minute of Redis' clock. */
export const requests = async (row: Row): Promise<Verdict> => {
  const served = spreads.map(async (spread) => {
    let count = 0
    const ask = async (member: number) => {
      const asked = { consumer: `requests-${spread}-${row.number}` }
      const { status } = await row.ask(member, '/graphql?query={__typename}', asked)
      if (status === 200) count += 1
    }
    await row.every(250, () => Promise.all(askedOf(row, spread).map(ask)))
    return count
  })
  return verdictOf(row, limits.requests, await Promise.all(served))
}

/** The number of different CVs that one consumer has read. */
export const cvs = (ids: readonly string[]) => async (row: Row) => {
  const shown = spreads.map(async (spread) => {
    const seen = new Set<string>()
    const read = async (member: number, id: string) => {
      const query = `{kandidaat(id:"${id}"){cvId}}`
      const consumer = `cvs-${spread}-${row.number}`
      const { text } = await row.ask(member, '/graphql', { consumer, method: 'POST', body: { query } })
      if (text.includes(`"cvId":"${id}"`)) seen.add(id)
    }
    await row.every(600, (turn) =>
      Promise.all(askedOf(row, spread).map((member) => read(member, ids[(turn * members + member) % ids.length] ?? '')))
    )
    return seen.size
  })
  return verdictOf(row, limits.cvs, await Promise.all(shown))
}

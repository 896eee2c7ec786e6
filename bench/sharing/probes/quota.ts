import { limits } from '../consumers.ts'
import type { Row, Verdict } from '../row.ts'

let page = 0

/** VDAB's own count of calls while all members get requests for more pages than the quota allows. */
export const quota = async (row: Row): Promise<Verdict> => {
  const open = new Set<Promise<unknown>>()
  await row.every(100, (turn) => {
    if (open.size > 200) return
    page += 1
    const path = `/services/openservices/v2/vacatures?vanaf=${page % 1700}&aantal=${1 + Math.floor(page / 1700)}`
    const asked = row.ask(turn, path, { consumer: 'demand', mayBeShort: true }).finally(() => open.delete(asked))
    open.add(asked)
  })
  const most = row.world.door.mostInAMinute(row.startedAt)
  return { isOk: most <= limits.callsPerMinute, text: `${most} of ${limits.callsPerMinute}` }
}

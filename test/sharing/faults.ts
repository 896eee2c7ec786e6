/** What happens to one message between a process and the engine. */
export const faults = ['none', 'late', 'lost', 'answerLost', 'repeated'] as const
export type Fault = (typeof faults)[number]

const turnsLate = 25
const late = async () => {
  for (let turn = 0; turn < turnsLate; turn += 1) await new Promise(setImmediate)
}
const lost = () => new Error('lost')

/** Sends messages with the faults of a plan, in order; the plan repeats when it ends. */
export const createFaultyWay = () => {
  let plan: readonly Fault[] = []
  let at = 0
  const carry = async <T>(send: () => Promise<T>, mayRepeat = true): Promise<T> => {
    const fault = plan[at % Math.max(plan.length, 1)] ?? 'none'
    at += 1
    if (fault === 'lost') throw lost()
    if (fault === 'late') await late()
    const answer = await send()
    if (fault === 'late') await late()
    if (fault === 'answerLost') throw lost()
    return fault === 'repeated' && mayRepeat ? send() : answer
  }
  return Object.assign(carry, {
    follow: (given: readonly Fault[]) => {
      plan = given
      at = 0
    }
  })
}
export type FaultyWay = ReturnType<typeof createFaultyWay>

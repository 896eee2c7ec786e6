import type { Budget } from './access/budget.ts'
import type { Consumer } from './access/consumers.ts'
import type { Limits } from './access/limits.ts'
import type { Answered } from './http/log.ts'

/** A part of every answer whose cost can be measured by leaving it out. */
export type Part = 'keys' | 'limits' | 'headers' | 'log'
type Checks = {
  consumerOf: (key: string) => Consumer | undefined
  limits: Pick<Limits, 'tryTake' | 'fits'>
  budget: Pick<Budget, 'fits' | 'take'>
  note: (line: Answered) => void
}

/** The checks of the shortcut, but for the parts that a benchmark leaves out: it then knows one consumer, or counts nothing. */
export const leaveOut = (without: readonly Part[], checks: Checks): Checks => {
  const { consumerOf, note } = checks
  let anyone: Consumer | undefined
  return {
    note: without.includes('log') ? () => {} : note,
    consumerOf: without.includes('keys') ? (key) => (anyone ??= consumerOf(key)) : consumerOf,
    ...(without.includes('limits')
      ? {
          limits: { tryTake: () => ({ limit: 1, remaining: 1, reset: 1 }), fits: () => true },
          budget: { fits: () => true, take: () => ({ remaining: 1, limit: 1 }) }
        }
      : { limits: checks.limits, budget: checks.budget })
  }
}

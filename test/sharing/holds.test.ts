import { test } from 'tap'
import { createHoldLender } from '../../src/sharing/redis/holdLender.ts'
import { until } from './gateways.ts'

type Answer = (granted: number) => void

/** A lender before a Redis that answers when the test lets it, and what Redis was told. */
const slow = () => {
  const told: { want: number; held: number }[] = []
  const answers: Answer[] = []
  const members = {
    run: (_script: string, _key: string, [, want, held]: readonly (string | number)[]) => {
      told.push({ want: Number(want), held: Number(held) })
      return new Promise((resolve) => answers.push((granted) => resolve([granted, 0, 3])))
    },
    count: () => 3,
    seen: () => {}
  }
  const lender = createHoldLender({ members, keyOf: (name) => name, atLeast: 3 })
  const ask = (want: number) => lender.lend('team', { want, limit: 9, returned: 0, endsAt: 0 })
  const answer = async (granted: number) => {
    await until(() => answers.length > 0)
    answers.shift()?.(granted)
  }
  return { lender, told, ask, answer }
}

test('a report while Redis is asked for a seat does not take that seat back', async (t) => {
  const { lender, told, ask, answer } = slow()
  const first = ask(1)
  await answer(1)
  await first
  const second = ask(1)
  lender.report()
  await answer(1)
  await second
  lender.report()
  t.strictSame(told, [
    { want: 1, held: 0 },
    { want: 1, held: 1 },
    { want: 0, held: 2 }
  ])
})

test('a seat that goes back while Redis is asked for another is told afterwards', async (t) => {
  const { lender, told, ask, answer } = slow()
  const first = ask(1)
  await answer(1)
  await first
  const second = ask(1)
  lender.giveBack('team', { amount: 1, endsAt: 0 })
  await answer(1)
  await second
  t.strictSame(told, [
    { want: 1, held: 0 },
    { want: 1, held: 1 },
    { want: 0, held: 1 }
  ])
})

import type { Events } from '../../composition/events.ts'
import type { AnswerTotals } from '../metrics/answers.ts'
import { createConsumerLabel } from '../metrics/labels.ts'
import { createRolling, type Rolled } from './rolling.ts'

/** The bounds of the ages of responses on the page, in seconds. */
export const ageBounds = [1, 10, 61, 600] as const
type Lookups = Readonly<Record<'hit' | 'stale' | 'miss' | 'coalesced', number>>

/** The activity of one process: plain data that processes send to each other and that can be added up. */
export type Activity = {
  /** since the start */
  readonly answers: { readonly all: number; readonly withoutCall: number }
  /** responses with a known age: the number up to each age, and the total */
  readonly ages: { readonly atMost: readonly number[]; readonly all: number }
  readonly lookups: Readonly<Record<string, Lookups>>
  readonly watched: Readonly<Record<string, number>>
  readonly cost: Readonly<Record<string, Rolled>>
  readonly requests: Readonly<Record<string, Rolled>>
  readonly errors: Readonly<Record<string, Rolled>>
  readonly calls: Readonly<Record<string, Rolled>>
}

/** The sums that the metrics count. */
type Counted = { readonly answers: AnswerTotals; readonly lookups: () => ReadonlyMap<string, Lookups> }

/** The activity of the gateway, for the status page: the sums of the metrics, and those of the last hour. */
export const createActivity = (events: Events, { answers, lookups }: Counted, now: () => number) => {
  const consumerLabel = createConsumerLabel()
  const [cost, requests, errors, calls] = [
    createRolling(now),
    createRolling(now),
    createRolling(now),
    createRolling(now)
  ]
  const watched: Record<string, number> = {}
  events.on('booked', (consumer, price) => cost.add(consumerLabel(consumer), price))
  events.on('call', ({ endpoint }) => calls.add(endpoint, 1))
  events.on('watched', ({ result }) => {
    watched[result] = (watched[result] ?? 0) + 1
  })

  const fold = () => {
    requests.follow(answers.byConsumer())
    errors.follow(answers.byCode())
    for (const one of [cost, requests, errors, calls]) one.fold()
  }
  /** The activity so far; `fold` is to be called each second. */
  const state = (): Activity => {
    fold()
    return {
      answers: { all: answers.all(), withoutCall: answers.withoutCall() },
      ages: { atMost: ageBounds.map((bound) => answers.agesAtMost(bound)), all: answers.agesAtMost(Infinity) },
      lookups: Object.fromEntries(lookups()),
      watched: { ...watched },
      cost: cost.sums(),
      requests: requests.sums(),
      errors: errors.sums(),
      calls: calls.sums()
    }
  }
  return { state, fold }
}

type Table<T> = Readonly<Record<string, T>>

const merged = <T>(tables: readonly Table<T>[], add: (a: T, b: T) => T): Table<T> => {
  const all: Record<string, T> = {}
  for (const [name, value] of tables.flatMap((table) => Object.entries(table))) {
    const known = all[name]
    all[name] = known === undefined ? value : add(known, value)
  }
  return all
}
const addRolled = (a: Rolled, b: Rolled): Rolled => ({
  minute: a.minute + b.minute,
  hour: a.hour + b.hour,
  lastAt: Math.max(a.lastAt, b.lastAt)
})
const plus = (a: number, b: number) => a + b

const addLookups = (a: Lookups, b: Lookups): Lookups => ({
  hit: a.hit + b.hit,
  stale: a.stale + b.stale,
  miss: a.miss + b.miss,
  coalesced: a.coalesced + b.coalesced
})

/** The combined activity of several processes. */
export const addActivities = (all: readonly Activity[]): Activity => {
  const sumOf = (pick: (one: Activity) => number) => all.map(pick).reduce(plus, 0)
  const tableOf = <T>(pick: (one: Activity) => Table<T>, add: (a: T, b: T) => T) => merged(all.map(pick), add)
  return {
    answers: {
      all: sumOf(({ answers }) => answers.all),
      withoutCall: sumOf(({ answers }) => answers.withoutCall)
    },
    ages: {
      atMost: ageBounds.map((_, index) => sumOf(({ ages }) => ages.atMost[index] ?? 0)),
      all: sumOf(({ ages }) => ages.all)
    },
    lookups: tableOf(({ lookups }) => lookups, addLookups),
    watched: tableOf(({ watched }) => watched, plus),
    cost: tableOf(({ cost }) => cost, addRolled),
    requests: tableOf(({ requests }) => requests, addRolled),
    errors: tableOf(({ errors }) => errors, addRolled),
    calls: tableOf(({ calls }) => calls, addRolled)
  }
}

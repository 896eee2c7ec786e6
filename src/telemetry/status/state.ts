import type { Events } from '../../composition/events.ts'
import { catalogue } from '../../errors.ts'
import type { CacheEvent } from '../../cache/policy.ts'
import type { Answered } from '../../http/answered.ts'
import { createConsumerLabel, others } from '../metrics/labels.ts'
import { createRolling, type Rolled } from './rolling.ts'

/** The bounds of the ages of answers on the page, in seconds. */
export const ageBounds = [1, 10, 61, 600] as const
const lookupNames = ['hit', 'stale', 'miss', 'join'] as const
type LookupName = (typeof lookupNames)[number]

/** What one process has done: plain data, which processes send to each other and which adds up. */
export type Activity = {
  /** since the start */
  readonly answers: { readonly all: number; readonly withoutCall: number }
  /** answers with a known age: how many are at most so old, and how many there are */
  readonly ages: { readonly atMost: readonly number[]; readonly all: number }
  readonly lookups: Readonly<Record<string, Readonly<Record<LookupName, number>>>>
  readonly watched: Readonly<Record<string, number>>
  readonly cost: Readonly<Record<string, Rolled>>
  readonly requests: Readonly<Record<string, Rolled>>
  readonly errors: Readonly<Record<string, Rolled>>
  readonly calls: Readonly<Record<string, Rolled>>
}

const isLookup = (name: CacheEvent['name']): name is LookupName =>
  (lookupNames as readonly CacheEvent['name'][]).includes(name)

/** Listens to what the gateway does, for the status page. */
export const createActivity = (events: Events, now: () => number) => {
  const consumerLabel = createConsumerLabel()
  const [cost, requests, errors, calls] = [
    createRolling(now),
    createRolling(now),
    createRolling(now),
    createRolling(now)
  ]
  const answers = { all: 0, withoutCall: 0 }
  const ages = { atMost: ageBounds.map(() => 0), all: 0 }
  const lookups = new Map<string, Record<LookupName, number>>()
  const watched: Record<string, number> = {}

  events.on('answered', ({ consumer, status, ageMs, upstreamCalls, codes, door }: Answered) => {
    answers.all += 1
    for (const code of codes) errors.add(Object.hasOwn(catalogue, code) ? code : others, 1)
    if (door !== 'operator' && door !== 'pages') requests.add(consumerLabel(consumer), 1)
    if (status >= 400) return
    if (upstreamCalls === 0) answers.withoutCall += 1
    if (ageMs === undefined) return
    ages.all += 1
    for (let index = ageBounds.length - 1; index >= 0 && ageMs <= (ageBounds[index] ?? 0) * 1000; index -= 1)
      ages.atMost[index] = (ages.atMost[index] ?? 0) + 1
  })
  events.on('booked', (consumer, price) => cost.add(consumerLabel(consumer), price))
  events.on('call', ({ endpoint }) => calls.add(endpoint, 1))
  events.on('cache', ({ name, row }) => {
    if (!isLookup(name)) return
    const counts = lookups.get(row) ?? { hit: 0, stale: 0, miss: 0, join: 0 }
    counts[name] += 1
    lookups.set(row, counts)
  })
  events.on('watched', ({ result }) => {
    watched[result] = (watched[result] ?? 0) + 1
  })

  const fold = () => {
    for (const one of [cost, requests, errors, calls]) one.fold()
  }
  /** What was done so far; `fold` is to be called each second. */
  const state = (): Activity => ({
    answers: { ...answers },
    ages: { atMost: [...ages.atMost], all: ages.all },
    lookups: Object.fromEntries(lookups),
    watched: { ...watched },
    cost: cost.sums(),
    requests: requests.sums(),
    errors: errors.sums(),
    calls: calls.sums()
  })
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

const addLookups = (a: Record<LookupName, number>, b: Record<LookupName, number>) => ({
  hit: a.hit + b.hit,
  stale: a.stale + b.stale,
  miss: a.miss + b.miss,
  join: a.join + b.join
})

/** What several processes have done together. */
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

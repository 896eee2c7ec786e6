import fc from 'fast-check'
import t from 'tap'
import { createChanges } from '../../src/changes/changes.ts'
import type { Position } from '../../src/changes/cursor.ts'
import { createWindowReader } from '../../src/changes/window.ts'

type Event = { id: number; at: number; seenAt: number }
type World = {
  steps: { id: number; gapMs: number; lateMs: number }[]
  order: 'time' | 'reverse' | 'id'
  isLog: boolean
  pageRows: number
  askMs: number
}

const start = Date.parse('2026-03-02T10:00:00.000Z')
const intervalMs = 10_000
const overlapMs = 15_000
const uuid = (id: number) => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`

const worlds: fc.Arbitrary<World> = fc.record({
  steps: fc.array(
    fc.record({
      id: fc.nat(60),
      gapMs: fc.integer({ min: 1, max: 400 }),
      lateMs: fc.oneof(fc.constant(0), fc.nat(overlapMs))
    }),
    { minLength: 20, maxLength: 250 }
  ),
  order: fc.constantFrom('time', 'reverse', 'id'),
  isLog: fc.boolean(),
  pageRows: fc.integer({ min: 25, max: 60 }),
  askMs: fc.nat(1500)
})

/** VDAB's list between two instants at one moment: some rows twice, some without an id. */
const listAt = (events: readonly Event[], { order, isLog }: World, now: number, van: number, tot: number) => {
  const known = events.filter(({ seenAt }) => seenAt <= now)
  const last = new Map(known.map((event) => [event.id, event]))
  for (const event of known) if (event.at > (last.get(event.id)?.at ?? 0)) last.set(event.id, event)
  const listed = (isLog ? known : [...last.values()]).filter(({ at }) => at >= van && at <= tot)
  const rank = ({ id, at }: Event) => (order === 'id' ? id * 1e12 + (at - start) : order === 'time' ? at : -at)
  return listed
    .sort((a, b) => rank(a) - rank(b))
    .flatMap(({ id }) => {
      const row = { raw: uuid(id), id: uuid(id), status: 'GEPUBLICEERD' }
      return id % 13 === 0
        ? [row, row]
        : id % 17 === 0
          ? [row, { raw: `NOT_FOUND-${id}`, id: undefined, status: 'GEPUBLICEERD' }]
          : [row]
    })
}

/** Follows a world to its end; returns the changes that were visible and not delivered. */
const missedBy = async (world: World): Promise<Event[]> => {
  let at = start
  const events = world.steps.map(({ id, gapMs, lateMs }): Event => {
    at += gapMs
    return { id, at, seenAt: at + lateMs }
  })
  let now = start
  let askedAt = start
  const told: { id: string; askedAt: number }[] = []
  const changes = createChanges({
    vdab: {
      bulk: async (
        _,
        { van: [van = ''] = [], tot: [tot = ''] = [], vanaf: [vanaf = ''] = [], aantal: [aantal = ''] = [] }
      ) => {
        now += world.askMs
        askedAt = now
        const list = listAt(events, world, now, Date.parse(van), Date.parse(tot))
        return {
          totaal: list.length,
          rows: list.slice(Number(vanaf), Number(vanaf) + Math.min(Number(aantal), world.pageRows))
        }
      },
      changed: async (name, ids) => {
        if (name === 'vacature') told.push(...ids.map((id) => ({ id, askedAt })))
      },
      startAnew: () => {}
    },
    settings: { intervalMs, overlapMs, skewMs: 1000, cursorFile: undefined },
    maxDays: 5,
    warn: () => {},
    now: () => now
  })
  for (const end = at + 4 * overlapMs; now < end; now += intervalMs) await changes.poll()
  // A change is delivered if it, or a later change of the same record, is in the list.
  return events.filter((event) => {
    const knownAt = Math.min(
      ...events.filter(({ id, at: later }) => id === event.id && later >= event.at).map(({ seenAt }) => seenAt)
    )
    return !told.some(({ id, askedAt: when }) => id === uuid(event.id) && when >= knownAt)
  })
}

type Moving = { size: number; pageRows: number; moves: { leave: number[]; come: number[] }[] }
const movings: fc.Arbitrary<Moving> = fc.record({
  size: fc.integer({ min: 30, max: 300 }),
  pageRows: fc.integer({ min: 22, max: 60 }),
  moves: fc.array(
    fc.record({ leave: fc.array(fc.nat(299), { maxLength: 40 }), come: fc.array(fc.nat(299), { maxLength: 10 }) }),
    { maxLength: 12 }
  )
})

/**
 * Reads one window whose rows leave and enter between any two calls; returns the rows that stayed and were not read.
 */
const lostOf = async ({ size, pageRows, moves }: Moving): Promise<number[]> => {
  let list = Array.from({ length: size }, (_, id) => id)
  const left = new Set<number>()
  const coming = moves.values()
  const reader = createWindowReader({
    overlapMs: 0,
    maxMs: 86_400_000,
    now: () => start,
    ask: async ({ van, tot, vanaf, aantal }) => {
      // The record with number n changed n seconds before the end of an hour.
      const within = list.filter((id) => {
        const at = start - (id % 300) * 10_000
        return at >= van && at <= tot
      })
      const answer = {
        totaal: within.length,
        rows: within
          .slice(vanaf, vanaf + Math.min(aantal, pageRows))
          .map((id) => ({ raw: uuid(id), id: uuid(id), status: '' }))
      }
      const { leave, come } = coming.next().value ?? { leave: [], come: [] }
      for (const id of leave) left.add(id)
      list = list.filter((id) => !left.has(id))
      for (const [index, place] of come.entries()) list.splice(place % (list.length + 1), 0, 1000 + index * 300 + place)
      return answer
    }
  })
  const told = new Set<string | undefined>()
  for (let at: Position = { van: start - 3_600_000, tot: start }, steps = 0; at.tot !== undefined; steps += 1) {
    if (steps > 500) throw new Error('it does not come to an end')
    const { rows, position } = await reader.readOn(at, 2000)
    for (const { row } of rows) told.add(row.id)
    at = position
  }
  return Array.from({ length: size }, (_, id) => id).filter((id) => !left.has(id) && !told.has(uuid(id)))
}

void t.test('a row that stays in a window is read, while any rows leave or enter between two pages', async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(movings, async (moving) => (await lostOf(moving)).length === 0),
      { numRuns: 500 }
    )
  )
})

void t.test("no change is missed when rows of VDAB's list move, repeat or arrive late", async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(worlds, async (world) => (await missedBy(world)).length === 0),
      { numRuns: 300 }
    )
  )
})

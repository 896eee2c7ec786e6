import { Kind } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import type { VdabRecord } from '../context.ts'
import { badInput } from '../errors.ts'
import { after } from './after.ts'

const maxPage = 200
const defaultPage: Readonly<Record<string, number>> = { vacatures: 20, kandidaten: 20 }

/** The paging arguments of every connection. */
export type PageArguments = {
  first?: number | null
  after?: string | null
  last?: number | null
  before?: string | null
}
/** A window in VDAB's terms: an offset in items and a page size; `anchor` is what the list was asked with, kept in cursors. */
type Window = { vanaf: number; aantal: number }
type Place = { kind: string; vanaf: number; anchor: string }
type Items<T> = { totaal: number; items: readonly T[] }

const cursorOf = (kind: string, offset: number, anchor: string) =>
  Buffer.from(`${kind}:${offset}:${anchor}`).toString('base64url')

const readCursor = (kind: string, argument: string, cursor: string) => {
  const [named, offset, ...anchor] = Buffer.from(cursor, 'base64url').toString().split(':')
  if (named !== kind || offset === undefined || !/^\d{1,8}$/.test(offset))
    throw badInput(argument, `is not a cursor of this list: give a cursor that an earlier answer of ${kind} gave`)
  return { offset: Number(offset), anchor: anchor.join(':') }
}

/** The part of a question that later pages must repeat, e.g. the end of a time span that was "now" on the first page. */
export const anchorOf = (kind: string, { after, before }: PageArguments): string =>
  (after != null
    ? readCursor(kind, 'after', after)
    : before != null
      ? readCursor(kind, 'before', before)
      : { anchor: '' }
  ).anchor

const readSize = (argument: string, size: number) => {
  if (size < 1 || size > maxPage) throw badInput(argument, `must be a whole number from 1 to ${maxPage}`)
  return size
}

/** The question that tells how long a list is, and as little else as can be. */
export const oneItem = { vanaf: ['0'], aantal: ['1'] } as const

/** Was this argument written in the query and given a value? Its default does not count. */
const isWritten = (name: string, { fieldNodes, variableValues }: GraphQLResolveInfo) =>
  fieldNodes.some(({ arguments: written = [] }) =>
    written.some(
      ({ name: { value }, value: node }) =>
        value === name &&
        node.kind !== Kind.NULL &&
        (node.kind !== Kind.VARIABLE || variableValues[node.name.value] != null)
    )
  )

const forward = (kind: string, { first, after }: PageArguments): Window => ({
  vanaf: after == null ? 0 : readCursor(kind, 'after', after).offset + 1,
  aantal: readSize('first', first ?? defaultPage[kind] ?? maxPage)
})

const backward = (last: number, end: number): Window => ({
  vanaf: Math.max(0, end - last),
  aantal: Math.min(last, end)
})

const maxRemembered = 1000
/** The cursors of the first places of lists without an anchor, which are the same for everybody. */
const remembered = new Map<string, string[]>()

const cursorAt = (kind: string, offset: number, anchor: string): string => {
  if (anchor !== '' || offset >= maxRemembered) return cursorOf(kind, offset, anchor)
  const known = remembered.get(kind) ?? []
  if (known.length === 0) remembered.set(kind, known)
  return (known[offset] ??= cursorOf(kind, offset, anchor))
}

/** The part of a window that can be reached. */
const within = ({ vanaf, aantal }: Window, reach: number): Window => ({
  vanaf,
  aantal: Math.max(0, Math.min(aantal, reach - vanaf))
})

const readWindow = (
  kind: string,
  given: PageArguments,
  info: GraphQLResolveInfo,
  { count, reach = Infinity }: Pick<Pipeline<unknown>, 'count' | 'reach'>
): Window | Promise<Window> => {
  const { last, before, after: afterCursor } = given
  if (last != null && isWritten('first', info)) throw badInput('last', 'and first exclude each other')
  if (last != null && afterCursor != null) throw badInput('after', 'goes with first, and before with last')
  if (last == null && before != null) throw badInput('before', 'goes with last, and after with first')
  if (last == null) return within(forward(kind, given), reach)
  const size = readSize('last', last)
  return after(before == null ? count() : readCursor(kind, 'before', before).offset, (end) =>
    backward(size, Math.min(end, reach))
  )
}

/** The edges of a page, with their cursors: made where they are asked for. */
export const edgesOf = ({ nodes, place }: VdabRecord) => {
  const { kind, vanaf, anchor } = place as Place // pages are made below
  return (nodes as readonly VdabRecord[]).map((node, index) => ({
    cursor: cursorAt(kind, vanaf + index, anchor),
    node
  }))
}

const pageOf = <T>(
  kind: string,
  { anchor, reach }: { anchor: string; reach: number },
  { vanaf, aantal }: Window,
  { totaal, items }: Items<T>
) => {
  const nodes = items.length > aantal ? items.slice(0, aantal) : items
  const count = nodes.length
  return {
    totaal,
    nodes,
    place: { kind, vanaf, anchor },
    pageInfo: {
      hasNextPage: count > 0 && vanaf + count < Math.min(totaal, reach), // a next page is asked by the cursor of a last item
      hasPreviousPage: vanaf > 0 && totaal > 0,
      startCursor: count === 0 ? null : cursorAt(kind, vanaf, anchor),
      endCursor: count === 0 ? null : cursorAt(kind, vanaf + count - 1, anchor)
    }
  }
}

type Pipeline<T> = {
  ask: (window: Window) => Items<T> | Promise<Items<T>>
  count: () => number | Promise<number>
  anchor?: string
  reach?: number
}

/**
 * Pages through a VDAB list, which knows offsets only, as Relay asks it. `ask` fetches one window; paging back from the
 * end costs one more call, `count`, to learn where the end is. Only the first `reach` items can be asked for: the list ends
 * there for whoever pages, whatever its total. Cursors name their list, so that one of another list is refused. Gives the
 * page at once when it is at hand.
 */
export const connect = <T>(
  kind: string,
  given: PageArguments,
  info: GraphQLResolveInfo,
  { ask, count, anchor = '', reach = Infinity }: Pipeline<T>
) =>
  after(readWindow(kind, given, info, { count, reach }), (window) => {
    const page = (items: Items<T>) => pageOf(kind, { anchor, reach }, window, items)
    if (window.vanaf >= reach) return after(count(), (totaal) => page({ totaal, items: [] }))
    return after(ask({ ...window, aantal: Math.max(1, window.aantal) }), page)
  })

import { Kind } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import type { VdabRecord } from '../context.ts'
import { badInput } from '../errors.ts'

const maxPage = 200
const defaultPage: Readonly<Record<string, number>> = { vacatures: 20, kandidaten: 20 }

/** The paging arguments of every connection. */
export type PageArguments = {
  first?: number | null
  after?: string | null
  last?: number | null
  before?: string | null
}
/** A page in VDAB's terms: an offset in items and a page size. */
type Window = { vanaf: number; aantal: number }
/** The position of a page; `anchor` is the part of the query that its cursors contain. */
type Position = { kind: string; vanaf: number; anchor: string }
type Items<T> = { totaal: number; items: readonly T[] }
type Source<T> = {
  ask: (window: Window) => Items<T> | Promise<Items<T>>
  count: () => number | Promise<number>
  anchor?: string
  reach?: number
}

/**
 * Continues with a value, synchronously unless it is a promise: a promise per field costs more than the work itself.
 */
export const after = <T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<Awaited<R>> =>
  value instanceof Promise ? (value.then(next) as Promise<Awaited<R>>) : next(value) // `then` awaits the result

const cursorOf = ({ kind, vanaf, anchor }: Position) => Buffer.from(`${kind}:${vanaf}:${anchor}`).toString('base64url')

const readCursor = (kind: string, argument: string, cursor: string) => {
  const [named, offset, ...anchor] = Buffer.from(cursor, 'base64url').toString().split(':')
  if (named !== kind || offset === undefined || !/^\d{1,8}$/.test(offset))
    throw badInput(argument, `is not a cursor of this list: give a cursor that an earlier answer of ${kind} gave`)
  return { offset: Number(offset), anchor: anchor.join(':') }
}

/** The part of a query that later pages must repeat, e.g. the end of a time span that was "now" on the first page. */
export const anchorOf = (kind: string, { after, before }: PageArguments): string => {
  if (after != null) return readCursor(kind, 'after', after).anchor
  return before == null ? '' : readCursor(kind, 'before', before).anchor
}

const readSize = (argument: string, size: number) => {
  if (size < 1 || size > maxPage) throw badInput(argument, `must be a whole number from 1 to ${maxPage}`)
  return size
}

/** VDAB's parameters of a page. */
export const pageParameters = ({ vanaf, aantal }: Window) => ({ vanaf: [String(vanaf)], aantal: [String(aantal)] })
/** The parameters of the smallest page, which returns the total. */
export const oneItem = pageParameters({ vanaf: 0, aantal: 1 })

/** Does the query set this argument? Its default does not count. */
const isWritten = (name: string, { fieldNodes, variableValues }: GraphQLResolveInfo) =>
  fieldNodes.some(({ arguments: written = [] }) =>
    written.some(
      ({ name: { value }, value: node }) =>
        value === name &&
        node.kind !== Kind.NULL &&
        (node.kind !== Kind.VARIABLE || variableValues[node.name.value] != null)
    )
  )

const readWindow = (
  kind: string,
  { first, after: afterCursor, last, before }: PageArguments,
  info: GraphQLResolveInfo,
  { count, reach = Infinity }: Pick<Source<unknown>, 'count' | 'reach'>
): Window | Promise<Window> => {
  if (last != null && isWritten('first', info)) throw badInput('last', 'and first exclude each other')
  if (last != null && afterCursor != null) throw badInput('after', 'goes with first, and before with last')
  if (last == null && before != null) throw badInput('before', 'goes with last, and after with first')
  if (last == null) {
    const vanaf = afterCursor == null ? 0 : readCursor(kind, 'after', afterCursor).offset + 1
    const size = readSize('first', first ?? defaultPage[kind] ?? maxPage)
    return { vanaf, aantal: Math.max(0, Math.min(size, reach - vanaf)) }
  }
  const size = readSize('last', last)
  return after(before == null ? count() : readCursor(kind, 'before', before).offset, (offset) => {
    const end = Math.min(offset, reach)
    return { vanaf: Math.max(0, end - size), aantal: Math.min(size, end) }
  })
}

/** The edges of a page with their cursors; only built when the query selects them. */
export const edgesOf = ({ nodes, position }: VdabRecord) => {
  const { vanaf, ...list } = position as Position // set by pageOf
  return (nodes as readonly VdabRecord[]).map((node, index) => ({
    cursor: cursorOf({ ...list, vanaf: vanaf + index }),
    node
  }))
}

const pageOf = <T>(position: Position, aantal: number, reach: number, { totaal, items }: Items<T>) => {
  const { vanaf } = position
  const nodes = items.length > aantal ? items.slice(0, aantal) : items
  const count = nodes.length
  return {
    totaal,
    nodes,
    position,
    pageInfo: {
      hasNextPage: count > 0 && vanaf + count < Math.min(totaal, reach), // an empty page has no cursor to continue from
      hasPreviousPage: vanaf > 0 && totaal > 0,
      startCursor: count === 0 ? null : cursorOf(position),
      endCursor: count === 0 ? null : cursorOf({ ...position, vanaf: vanaf + count - 1 })
    }
  }
}

/**
 * A Relay connection over a VDAB list, which supports only offsets. `ask` fetches one page; paging back from the end
 * costs one more call, `count`. Only the first `reach` items can be fetched: the list ends there, whatever its total. A
 * cursor contains the name of its list, so that a cursor of another list is refused. Returns the page synchronously
 * when it is cached.
 */
export const connect = <T>(
  kind: string,
  given: PageArguments,
  info: GraphQLResolveInfo,
  { ask, count, anchor = '', reach = Infinity }: Source<T>
) =>
  after(readWindow(kind, given, info, { count, reach }), ({ vanaf, aantal }) => {
    const page = (items: Items<T>) => pageOf({ kind, vanaf, anchor }, aantal, reach, items)
    if (vanaf >= reach) return after(count(), (totaal) => page({ totaal, items: [] }))
    return after(ask({ vanaf, aantal: Math.max(1, aantal) }), page)
  })

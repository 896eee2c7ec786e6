import { GatewayError } from '../errors.ts'
import { vacatureId } from '../upstream/records.ts'
import type { Page } from '../upstream/records.ts'

/** The largest page of VDAB's list (upstream.md §2.4) [strong]. */
export const pageSize = 2000
const overlap = 50
const prefixLength = 2

/**
 * Ids, each once, in the order of their spelling. They stand in buckets by their first letters, so that putting 200,000 in
 * order is many short pieces of work rather than one long one.
 */
const createIds = () => {
  const buckets = new Map<string, Set<string>>()
  const bucketOf = (id: string) => id.slice(0, prefixLength)
  return {
    add(id: string) {
      const bucket = buckets.get(bucketOf(id))
      if (bucket) bucket.add(id)
      else buckets.set(bucketOf(id), new Set([id]))
    },
    has: (id: string) => buckets.get(bucketOf(id))?.has(id) ?? false,
    /** Those after an id. */
    *after(last = ''): Generator<string> {
      for (const prefix of [...buckets.keys()].sort()) {
        if (prefix < bucketOf(last)) continue
        for (const id of [...(buckets.get(prefix) ?? [])].sort()) if (id > last) yield id
      }
    }
  }
}

export type Ids = ReturnType<typeof createIds>

type Dependencies = { ask: (vanaf: number, aantal: number) => Promise<Page>; isId: (id: string) => boolean }

/**
 * Reads VDAB's list from its first page to its end. The list pages by offset and is alive: rows that leave it move those
 * behind them forward, past the place where the next page begins. So each page begins some rows before the last one ended,
 * and must begin with a row that was read already; if it does not, the reading steps back, twice as far each time. Rows
 * that come twice count once. Throws UPSTREAM_UNAVAILABLE when the list cannot be read to its end within reason.
 */
export const readIds = async (first: Page, { ask, isId }: Dependencies): Promise<Ids> => {
  const ids = createIds()
  const idOf = (row: Page['items'][number] | undefined) =>
    row === undefined ? undefined : vacatureId(row)?.toLowerCase()
  let start = 0
  let back = overlap
  let page = first
  for (let callsLeft = 20 + 3 * Math.ceil(first.totaal / pageSize); callsLeft > 0; callsLeft -= 1) {
    const begin = idOf(page.items[0])
    const isJoined = start === 0 || (begin !== undefined && ids.has(begin))
    const end = start + page.items.length
    if (isJoined) {
      for (const row of page.items) {
        const id = idOf(row)
        if (id !== undefined && isId(id)) ids.add(id)
      }
      if (page.items.length < pageSize && end >= page.totaal) return ids
    }
    back = isJoined ? overlap : back * 2
    start = Math.max(0, (isJoined ? end : start) - back)
    page = await ask(start, pageSize)
  }
  throw new GatewayError('UPSTREAM_UNAVAILABLE', "VDAB's list of vacancies changes faster than it can be read.")
}

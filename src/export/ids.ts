import { GatewayError } from '../errors.ts'
import { vacatureId, type Page } from '../upstream/records.ts'

/** The largest page of VDAB's list (upstream.md §2.4) [strong]. */
export const pageSize = 2000
const overlap = 50
const prefixLength = 2

/** A sorted set of ids. Buckets by prefix keep each sort short, so that 200,000 ids do not block the event loop. */
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
    /** The ids after this one, in order. */
    *after(last = ''): Generator<string> {
      for (const prefix of [...buckets.keys()].sort()) {
        if (prefix < bucketOf(last)) continue
        for (const id of [...(buckets.get(prefix) ?? [])].sort()) if (id > last) yield id
      }
    }
  }
}

type Dependencies = { ask: (vanaf: number, aantal: number) => Promise<Page>; isId: (id: string) => boolean }

/**
 * Reads the ids of VDAB's list, from its first page to its end. The list pages by offset and changes while it is read:
 * when rows leave it, later rows move up, before the start of the next page. So each page overlaps the previous page,
 * and its first row must already be known; otherwise the reader steps back, twice as far each time. Throws
 * UPSTREAM_UNAVAILABLE when it does not reach the end within a limited number of calls.
 */
export const readIds = async (first: Page, { ask, isId }: Dependencies) => {
  const ids = createIds()
  const idOf = (row: Page['items'][number] | undefined) =>
    row === undefined ? undefined : vacatureId(row)?.toLowerCase()
  const addAll = (rows: Page['items']) => {
    for (const id of rows.map(idOf)) if (id !== undefined && isId(id)) ids.add(id)
  }
  let start = 0
  let back = overlap
  let page = first
  for (let callsLeft = 20 + 3 * Math.ceil(first.totaal / pageSize); callsLeft > 0; callsLeft -= 1) {
    const begin = idOf(page.items[0])
    const isJoined = start === 0 || (begin !== undefined && ids.has(begin))
    const end = start + page.items.length
    if (isJoined) addAll(page.items)
    if (isJoined && page.items.length < pageSize && end >= page.totaal) return ids
    back = isJoined ? overlap : back * 2
    start = Math.max(0, (isJoined ? end : start) - back)
    page = await ask(start, pageSize)
  }
  throw new GatewayError('UPSTREAM_UNAVAILABLE', "VDAB's list of vacancies changes faster than it can be read.")
}

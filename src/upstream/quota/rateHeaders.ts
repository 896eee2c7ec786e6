type Headers = Readonly<Record<string, string | readonly string[] | undefined>>
type Entry = { readonly name: string; readonly count: number }

const entryPattern = /^[\s,]*(?:name\s*=\s*([^,]*),)?\s*(\d{1,12})\s*$/
const maxLength = 1000

/** Reads `name=default,2000;name=burst,50;`, in one header or several, and a bare number as the entry named ''. */
const entriesIn = (header: string | readonly string[] | undefined): Entry[] =>
  [...[header ?? []].flat().join(';').slice(0, maxLength).split(';')].flatMap((part) => {
    const [, name = '', count] = entryPattern.exec(part) ?? []
    return count === undefined ? [] : [{ name: name.trim(), count: Number(count) }]
  })

const plansOrSmallest = (entries: readonly Entry[]): Entry | undefined =>
  entries.find(({ name }) => name === 'default') ?? [...entries].sort((a, b) => a.count - b.count)[0]

/**
 * VDAB's limit and the remaining calls, from `X-RateLimit-Limit` and `X-RateLimit-Remaining` in IBM's syntax
 * (upstream.md §5) [strong for the product]. Of several limits the one named `default` counts, which is the limit of
 * the plan; otherwise the smallest. A member is absent when its header is absent or unreadable.
 */
export const readRates = (headers: Headers): { limit?: number; remaining?: number } => {
  const limit = plansOrSmallest(entriesIn(headers['x-ratelimit-limit']).filter(({ count }) => count > 0))
  const left = entriesIn(headers['x-ratelimit-remaining'])
  const remaining = limit ? left.find(({ name }) => name === limit.name) : plansOrSmallest(left)
  return { ...(limit ? { limit: limit.count } : {}), ...(remaining ? { remaining: remaining.count } : {}) }
}

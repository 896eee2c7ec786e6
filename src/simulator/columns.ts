/**
 * The searchable values of one record. Days are day numbers; `einde` is the first day without the record, Infinity when
 * it has no end.
 */
export type Facets = {
  codes: { readonly [filter: string]: readonly string[] }
  status: string
  searchable: boolean
  duplicate: boolean
  published: number
  einde: number
  /** ms of the last change */
  changed: number
}

/** The filters of a query: OR within one filter, AND between filters. */
export type Criteria = {
  codes: { readonly [filter: string]: readonly string[] }
  sinceDay?: number
  withoutDuplicates?: boolean
  order?: 'published' | 'changed'
}

const remembered = 32

// Codes are stored as small numbers in a fixed number of slots per record: 200,000 records take some 10 MB.
const createCodeColumn = (count: number, width: number) => {
  const numbers = new Map<string, number>()
  const slots = new Uint16Array(count * width)

  const set = (index: number, codes: readonly string[]) => {
    for (let slot = 0; slot < width; slot++) {
      const code = codes[slot]
      if (code !== undefined && !numbers.has(code)) numbers.set(code, numbers.size + 1)
      slots[index * width + slot] = code === undefined ? 0 : (numbers.get(code) ?? 0)
    }
  }
  const tester = (codes: readonly string[]) => {
    const wanted = new Uint8Array(numbers.size + 1)
    for (const code of codes) wanted[numbers.get(code) ?? 0] = 1
    wanted[0] = 0
    return (index: number) => {
      for (let slot = index * width; slot < (index + 1) * width; slot++) if (wanted[slots[slot] ?? 0] === 1) return true
      return false
    }
  }

  return { set, tester }
}

/**
 * The searchable values of a collection, in typed arrays. `widths` gives the number of codes per record for each code
 * filter.
 */
export const createColumns = (count: number, widths: { readonly [filter: string]: number }) => {
  const columns = Object.entries(widths).map(([name, width]) => ({ name, ...createCodeColumn(count, width) }))
  const searchable = new Uint8Array(count)
  const duplicate = new Uint8Array(count)
  const published = new Float64Array(count)
  const einde = new Float64Array(count)
  const changed = new Float64Array(count)
  const answers = new Map<string, Uint32Array>()

  const set = (index: number, facets: Facets) => {
    for (const column of columns) column.set(index, facets.codes[column.name] ?? [])
    searchable[index] = facets.searchable ? 1 : 0
    duplicate[index] = facets.duplicate ? 1 : 0
    published[index] = facets.published
    einde[index] = facets.einde
    changed[index] = facets.changed
    answers.clear()
  }

  const find = ({ codes, sinceDay = -Infinity, withoutDuplicates = false, order }: Criteria) => {
    const tests = columns.flatMap(({ name, tester }) => {
      const wanted = codes[name] ?? []
      return wanted.length === 0 ? [] : [tester(wanted)]
    })
    const found: number[] = []
    for (let index = 0; index < count; index++) {
      if (searchable[index] === 0 || (published[index] ?? 0) < sinceDay) continue
      if (withoutDuplicates && duplicate[index] === 1) continue
      if (tests.every((test) => test(index))) found.push(index)
    }
    if (order === undefined) return Uint32Array.from(found)
    const key = order === 'published' ? published : changed
    return Uint32Array.from(found.sort((one, other) => (key[other] ?? 0) - (key[one] ?? 0) || one - other))
  }

  const recall = (question: string, answer: () => Uint32Array) => {
    const known = answers.get(question)
    if (known !== undefined) return known
    if (answers.size >= remembered) answers.clear()
    const fresh = answer()
    answers.set(question, fresh)
    return fresh
  }

  /** The indexes that match the criteria. Cached until the next change, since paging repeats the same query. */
  const select = (criteria: Criteria) => recall(JSON.stringify(criteria), () => find(criteria))

  /** The indexes of the records published on a day. */
  const openOn = (day: number) =>
    recall(`open on ${day}`, () => {
      const found: number[] = []
      for (let index = 0; index < count; index++) {
        if ((published[index] ?? 0) <= day && day < (einde[index] ?? 0)) found.push(index)
      }
      return Uint32Array.from(found)
    })

  return { set, select, openOn }
}

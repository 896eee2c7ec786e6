const maxTexts = 20_000

/** Returns one copy of equal texts: the codes of 200,000 vacancies are a few thousand different texts. */
export const createSharedTexts = () => {
  const texts = new Map<string, string>()
  const shared = (text: string): string => {
    const known = texts.get(text)
    if (known !== undefined) return known
    if (texts.size >= maxTexts) texts.clear()
    texts.set(text, text)
    return text
  }
  const compact = (value: unknown): unknown => {
    if (typeof value === 'string') return shared(value)
    // map() allocates the exact size; the array from flatMap() has room for 17 items
    return Array.isArray(value) ? value.map(compact) : value
  }
  /** Copies an object of texts and lists of texts into as little memory as possible. */
  return <V extends object>(values: V): V =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, compact(value)])) as V // the same members
}

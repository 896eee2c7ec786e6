const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'WS', 'SSE'])
/** The label of all values above a limit. */
export const others = 'other'
/** The label of a response without a known consumer. */
export const noConsumer = '-'
/**
 * Consumers with tokens are named by claims of the issuer. Their number is unlimited, and a name can identify a person.
 */
const ofToken = 'jwt:'

/** The method as a label: one of HTTP's usual ones, or `other`. */
export const methodLabel = (method: string): string => (methods.has(method) ? method : others)

/** Limits the values of a label: the first ones keep their names, and the rest is `other`. */
export const createBoundedLabel = (max = 200) => {
  const known = new Set<string>()
  return (value: string): string => {
    if (known.has(value)) return value
    if (known.size >= max) return others
    known.add(value)
    return value
  }
}

/** The name of a consumer as a label. */
export const createConsumerLabel = (max?: number) => {
  const bounded = createBoundedLabel(max)
  return (name: string | undefined): string =>
    name === undefined ? noConsumer : name.startsWith(ofToken) ? 'jwt' : bounded(name)
}

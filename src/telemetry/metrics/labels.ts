const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'WS', 'SSE'])
/** The label of all values beyond a bound. */
export const others = 'other'
/** The label of an answer to nobody who is known. */
export const nobody = '-'
/** Consumers of tokens are named by claims of the issuer: there is no bound to them, and one can be a person. */
const ofToken = 'jwt:'

/** The method as a label: one of HTTP's usual ones, or `other`. */
export const methodLabel = (method: string): string => (methods.has(method) ? method : others)

/** Bounds the values of a label: the first ones keep their names, and the rest is `other`. */
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
    name === undefined ? nobody : name.startsWith(ofToken) ? 'jwt' : bounded(name)
}

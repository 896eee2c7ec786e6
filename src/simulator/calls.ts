/** The number of calls per endpoint, refused and failed ones included. */
export const createCalls = () => {
  const perEndpoint = new Map<string, number>()

  const count = (name: string) => {
    perEndpoint.set(name, (perEndpoint.get(name) ?? 0) + 1)
  }
  const report = () => ({
    total: [...perEndpoint.values()].reduce((sum, calls) => sum + calls, 0),
    perEndpoint: Object.fromEntries(perEndpoint)
  })

  return { count, report, reset: () => perEndpoint.clear() }
}

type Rate = { readonly limit: number; readonly remaining: number }

/** The limit of a consumer in the syntax of IBM's gateway (upstream.md §5) [strong]. */
export const ibmRates = ({ limit, remaining }: Rate) => ({
  'x-ratelimit-limit': `name=default,${limit};`,
  'x-ratelimit-remaining': `name=default,${remaining};`
})

/** The same as lines of a response, each with CRLF; empty for routes other than VDAB's. */
export const ibmRateLines = (route: string, { limit, remaining }: Rate): string =>
  route.startsWith('/services/')
    ? `x-ratelimit-limit: name=default,${limit};\r\nx-ratelimit-remaining: name=default,${remaining};\r\n`
    : ''

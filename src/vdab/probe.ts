import { GatewayError } from '../errors.ts'
import type { Cause, Client } from '../upstream/client.ts'

type Dependencies = {
  client: Client
  /** the first call, by way of the cache */
  first: (cause: Cause) => unknown
}

/** One call that shows whether VDAB answers. A key may be registered for some of VDAB's products only, so a 403 is asked again elsewhere. */
export const createProbe = ({ client, first }: Dependencies) => {
  let hasProbed = false
  const elsewhere = (error: unknown, name: 'vacatures' | 'kandidaten', cause: Cause): Promise<unknown> => {
    if (error instanceof GatewayError && error.upstreamStatus === 403)
      return client.ask(name, { parameters: { aantal: ['1'] }, cause })
    return Promise.reject(error instanceof Error ? error : new Error('the probe failed'))
  }

  return async (): Promise<unknown> => {
    const cause: Cause = { upstreamCalls: 0 }
    const isFirst = !hasProbed
    hasProbed = true
    try {
      return await (isFirst ? first(cause) : client.ask('jobdomeinen', { cause }))
    } catch (error) {
      return elsewhere(error, 'vacatures', cause).catch((next: unknown) => elsewhere(next, 'kandidaten', cause))
    }
  }
}

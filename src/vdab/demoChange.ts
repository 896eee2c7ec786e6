import { request } from 'undici'
import { GatewayError } from '../errors.ts'
import { exactJson } from '../formats/exactJson.ts'

type Options = {
  /** the address of the simulator, up to and including `/services` */
  url: URL
  poll: () => Promise<void>
}

/** The vacancy of VDAB's documentation, which exists in each world of the simulator. */
const id = 'a3e007c0-68d3-4fb7-aa35-c36e96ede172'
const title = 'Operational purchaser'

/**
 * Changes the title of one vacancy of the simulator and reads the change feed at once. The only part of the gateway
 * that uses the simulator's own interface. Throws GatewayError when the simulator refuses the change.
 */
export const createDemoChange = ({ url, poll }: Options) => {
  let count = 0
  return async () => {
    count += 1
    const functieTitel = `${title} (change ${count})`
    const { statusCode, body } = await request(new URL(`/_simulator/vacatures/${id}`, url), {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: exactJson.stringify({ functie: { functieTitel } }),
      headersTimeout: 2000,
      bodyTimeout: 2000
    })
    await body.dump()
    if (statusCode !== 200)
      throw new GatewayError('UPSTREAM_UNAVAILABLE', `The simulator answered with status ${statusCode}.`)
    await poll()
    return { id: `Vacature:${id}`, functieTitel }
  }
}

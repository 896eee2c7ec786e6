import { figuresOf } from '../access/account.ts'
import type { RequestContext } from '../access/requestContext.ts'
import { catalogue, type ErrorCode } from '../errors.ts'
import type { Answered } from '../http/answered.ts'
import type { Payload } from './pipeline.ts'

type LiveAnswer = {
  readonly transport: 'WS' | 'SSE'
  readonly requestContext: Pick<RequestContext, 'account'> & { readonly consumer?: RequestContext['consumer'] }
  readonly payload: Pick<Payload, 'data' | 'errors'>
  /** undefined for an event of a subscription */
  readonly ms?: number | undefined
}

const isCode = (code: string): code is ErrorCode => Object.hasOwn(catalogue, code)

/** The HTTP status that a response without data would have. */
const statusOf = ({ data }: LiveAnswer['payload'], [code = '']: readonly string[]): number =>
  data !== undefined ? 200 : isCode(code) ? catalogue[code].status : 400

/** The report of one response on an open connection. It resets the account, since the next response has its own. */
export const answeredLive = ({ transport, requestContext, payload, ms }: LiveAnswer): Answered => {
  const figures = figuresOf(requestContext.account)
  requestContext.account = undefined
  const own = (payload.errors ?? []).flatMap(({ extensions: { code } }) => (typeof code === 'string' ? [code] : []))
  const codes = [...new Set([...own, ...figures.codes])]
  const consumer = requestContext.consumer?.name
  return {
    ...figures,
    door: 'live',
    route: '/graphql',
    method: transport,
    status: statusOf(payload, codes),
    consumer,
    ms,
    codes
  }
}

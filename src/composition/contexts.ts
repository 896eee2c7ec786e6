import { accountOf } from '../access/account.ts'
import { isExplained } from '../access/explain.ts'
import { requireAccess } from '../access/authenticate.ts'
import { maxAgeOf } from '../access/maxAge.ts'
import { createPersonal } from '../access/personal.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Context, Live } from '../context.ts'
import type { Waiting } from '../graphql/pipeline.ts'
import type { Enrichment } from '../enrichment/index.ts'
import { traceparentsOf } from '../http/traceparent.ts'
import type { Cause } from '../upstream/client.ts'
import { createWait } from '../upstream/wait.ts'
import { createExplanation, type Explanation } from '../vdab/explanation.ts'
import type { Vdab } from '../vdab/lookup.ts'

type Options = { vdab: Vdab; enrichment: Enrichment; totalTimeoutMs: number; sendsTraceparent: boolean }

/**
 * The objects with which one request reads VDAB: its account of calls, its look-ups, and the context of its resolvers.
 */
export const createContexts = ({ vdab, enrichment, totalTimeoutMs: totalMs, sendsTraceparent }: Options) => {
  // Each response has its own timeout, and so has each event of a subscription; the subscription itself has none.
  const causeOf = (
    requestContext: RequestContext,
    { since = performance.now(), isGone = () => requestContext.isGone(), sharedBy }: Partial<Waiting> = {},
    explanation?: Explanation
  ): Cause => {
    const cause = {
      upstreamCalls: 0,
      requestId: requestContext.id,
      consumer: requestContext.consumer,
      origin: requestContext,
      sharedBy,
      onCall: explanation?.onCall,
      traceparent: sendsTraceparent ? traceparentsOf(requestContext.headers['traceparent']) : undefined,
      wait: createWait({ totalMs, since, isGone })
    }
    accountOf(requestContext).causes.push(cause)
    return cause
  }

  const vdabOf = (requestContext: RequestContext, waiting?: Partial<Waiting>, explanation?: Explanation) => {
    const cause = causeOf(requestContext, waiting, explanation)
    const maxAgeMs = maxAgeOf(requestContext.consumer, requestContext.headers)
    const reading = vdab.for(cause, { maxAgeMs, explanation })
    accountOf(requestContext).readings.push(reading.versheid)
    return reading
  }

  const contextOf = (
    requestContext: RequestContext,
    { live, ...waiting }: Partial<Waiting> & { live?: Live | undefined } = {}
  ): Context => ({
    consumer: requestContext.consumer,
    requireScope: (scope) => requireAccess(requestContext, scope),
    vdab: vdabOf(requestContext, waiting, isExplained(requestContext) ? createExplanation() : undefined),
    enrichment,
    personal: createPersonal(),
    live
  })
  return { causeOf, vdabOf, contextOf }
}

export type Contexts = ReturnType<typeof createContexts>

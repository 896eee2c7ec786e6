import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Credential } from '../access/authenticate.ts'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Derived } from '../cache/derived.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { OperationAccelerator } from '../graphql/accelerator.ts'
import type { Engine } from '../graphql/engine.ts'
import type { Pipeline } from '../graphql/pipeline.ts'
import type { Answered, AnswerLookup } from '../http/answered.ts'
import type { LogStream } from '../http/log.ts'
import type { PendingRequests } from '../http/pendingRequests.ts'
import { requestIdOf } from '../http/requestId.ts'
import { keepAliveHint } from '../http/serverOptions.ts'
import type { RecordsAccelerator } from '../openservices/accelerator.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { createAnswerLog } from './answerLog.ts'
import { createCoalescing } from './coalescing.ts'
import { createCompute } from './compute.ts'
import { createComputedAnswers } from './computedAnswers.ts'
import { createConnectionConsumers } from './connectionConsumers.ts'
import { createExchanges } from './exchange.ts'
import { createAnswerCache } from './answerCache.ts'
import type { AnswerCache } from './answerCache.ts'
import { createFollowedLog } from './followedLog.ts'
import type { FollowRequest } from './followedLog.ts'
import { createListener } from './listener.ts'
import type { Listener } from './listener.ts'
import { hasPrivateFields } from './node.ts'
import { createOperationAnswers } from './operations.ts'
import { createRecordAnswers } from './records.ts'
import { createRequestContexts } from './requestContexts.ts'
import { createReport } from './report.ts'
import { createResponses } from './responses.ts'
import { createTemplates } from './templates.ts'
import type { Fragment } from './writer/fragments.ts'
import { createWriter } from './writer/index.ts'
import { reuseRootValues } from './writer/rootValues.ts'

type Dependencies = {
  app: FastifyInstance
  schema: GraphQLSchema
  engine: Engine
  pipeline: Pipeline
  limits: Limits
  budget: Budget
  vdab: Pick<Vdab, 'freshUntil' | 'touch' | 'edition'>
  /** the cache of templates and plans */
  requests: RequestCache
  /** the cache of whole answers and of fragments */
  derived: Derived<unknown>
  /** CACHE_ANSWERS: `all` stores whole answers and fragments, `fragments` only fragments, `off` nothing */
  cacheAnswers: string
  /** the consumer of a key, a token of ours or both; undefined if fastify has to check or refuse them */
  consumerOf: (credential: Credential) => Consumer | undefined
  /** a number that changes when the consumers are replaced */
  consumersEdition: () => number
  /** does this request ask for a fresher answer than other requests get? */
  wantsFresher: (requestContext: RequestContext) => boolean
  /** may this consumer request a fresher answer? */
  mayWantFresher: (consumer: Consumer) => boolean
  /** must every operation go through the engine, because the log names each unknown document? */
  logsUnknownDocuments: boolean
  corsOrigins: readonly string[]
  /** delays the answer to a refused consumer; undefined when it may be sent at once */
  hold: (consumer: Consumer) => Promise<void> | undefined
  isStopping: () => boolean
  pendingRequests: PendingRequests
  /** follows each request, for traces */
  follow?: FollowRequest | undefined
  stream: LogStream
  now: () => number
  /** called for each answer that fastify does not send */
  onAnswered: (event: Answered) => void
  /** called for each lookup of a whole answer */
  onLookup: (event: AnswerLookup) => void
}

const listenerOf = (dependencies: Dependencies, answerCache: AnswerCache): Listener => {
  const { app, requests, limits, budget, corsOrigins, mayWantFresher, hold, isStopping, pendingRequests } = dependencies
  const consumerOf = createConnectionConsumers(dependencies)
  const { onAnswered, onLookup } = dependencies
  const { log, enter } = createFollowedLog(createAnswerLog(app.log, dependencies.stream), dependencies.follow)
  const report = createReport({ log, onAnswered })
  const responses = createResponses({ answerCache, keepAliveHint, isStopping })
  const requestContextOf = createRequestContexts(app.log)
  return createListener({
    answerCache,
    exchangeOf: createExchanges({ answerCache, requestIdOf, corsOrigins }),
    templates: createTemplates(requests.cache()),
    responses,
    answerComputed: createComputedAnswers({ ...responses, consumerOf, requestContextOf, hold, isStopping, report }),
    consumerOf,
    limits,
    budget,
    isStopping,
    mayWantFresher,
    leave: pendingRequests.leave,
    report,
    onLookup,
    enter
  })
}

const operationAnswersOf = (
  {
    schema,
    engine,
    pipeline,
    vdab,
    requests,
    derived,
    cacheAnswers,
    wantsFresher,
    logsUnknownDocuments,
    onLookup,
    now
  }: Dependencies,
  answerCache: AnswerCache,
  listener: Listener
): OperationAccelerator => {
  const { freshUntil, touch, edition } = vdab
  reuseRootValues(schema)
  const fragmentStore =
    cacheAnswers === 'off' ? undefined : { fragments: derived.perEntry<Fragment>(), freshUntil, touch, now }
  const writer = createWriter({ schema, fragmentStore, requests })
  const compute = createCompute({ engine, pipeline, writer })
  const coalescing =
    cacheAnswers === 'all' ? createCoalescing({ answerCache, edition, wantsFresher, onLookup }) : undefined
  return createOperationAnswers({ pipeline, compute, answerCache, coalescing, listener, logsUnknownDocuments })
}

/**
 * All code that exists only for speed: a listener in front of fastify that answers repeated requests, answers stored as
 * bytes, a writer that answers queries without executing them, and coalescing of identical operations. Answers are the
 * same without it. Undefined, with a warning in the log, if Node lacks the required private fields. Must be called
 * before the routes are registered.
 */
export const createFastPath = (dependencies: Dependencies): (OperationAccelerator & RecordsAccelerator) | undefined => {
  const { app, derived, vdab, now, cacheAnswers, wantsFresher, onLookup } = dependencies
  if (!hasPrivateFields()) {
    app.log.warn(`FAST_PATH is off: Node ${process.versions.node} writes its answers in another way.`)
    return undefined
  }
  const answerCache = createAnswerCache({ derived, freshUntil: vdab.freshUntil, touch: vdab.touch, now })
  const listener = listenerOf(dependencies, answerCache)
  listener.install(app)
  return {
    ...operationAnswersOf(dependencies, answerCache, listener),
    ...createRecordAnswers({ answerCache, cachesAnswers: cacheAnswers === 'all', listener, wantsFresher, onLookup })
  }
}

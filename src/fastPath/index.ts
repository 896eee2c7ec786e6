import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Budget } from '../access/budget.ts'
import type { Consumer } from '../access/consumers.ts'
import type { Limits } from '../access/limits.ts'
import type { RequestContext } from '../access/requestContext.ts'
import type { Derived } from '../cache/derived.ts'
import type { RequestCache } from '../cache/requestCache.ts'
import type { OperationAccelerator } from '../graphql/accelerator.ts'
import type { Engine } from '../graphql/engine.ts'
import type { Pipeline } from '../graphql/pipeline.ts'
import type { LogStream } from '../http/log.ts'
import type { PendingRequests } from '../http/pendingRequests.ts'
import { requestIdOf } from '../http/requestId.ts'
import { keepAliveHint } from '../http/web.ts'
import type { RecordsAccelerator } from '../openservices/accelerator.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { createAnswerLog } from './answerLog.ts'
import { createCoalescing } from './coalescing.ts'
import { createCompute } from './compute.ts'
import { createAnswers } from './kept.ts'
import { createListener } from './listener.ts'
import { hasPrivateFields } from './node.ts'
import { createOperationAnswers } from './operations.ts'
import { createRecordAnswers } from './records.ts'
import { createRequestContexts } from './requestContexts.ts'
import { createWhose } from './whose.ts'
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
  /** the cache of answers and of parts of them */
  derived: Derived<unknown>
  /** what is kept: whole answers and parts, parts alone, or nothing */
  keeps: string
  /** the consumer of a key, where that can be told at once */
  consumerOf: (key: string) => Consumer | undefined
  /** another number once the consumers were replaced */
  edition: () => number
  /** does this request want a fresher answer than others get, and may the consumer ask for one at all? */
  asksFresher: (requestContext: RequestContext) => boolean
  mayAskFresher: (consumer: Consumer) => boolean
  /** must the engine see each document, as where the log is to name it? */
  looksAtEach: boolean
  corsOrigins: readonly string[]
  hold: (consumer: Consumer) => Promise<void> | undefined
  isStopping: () => boolean
  pendingRequests: PendingRequests
  stream: LogStream
  now: () => number
}

/**
 * Everything that exists for speed alone: a listener in front of fastify that answers requests like those that fastify
 * answered before, answers kept as bytes, a writer of answers that needs no execution, and coalescing of identical
 * operations. Answers are the same as without it. Undefined, with one warning in the log, where Node's private fields
 * are not as this needs them. To be called before the routes are registered.
 */
export const createFastPath = ({
  app,
  schema,
  engine,
  pipeline,
  limits,
  budget,
  vdab: { freshUntil, touch, edition: vdabEdition },
  requests,
  derived,
  keeps,
  consumerOf,
  edition,
  asksFresher,
  mayAskFresher,
  looksAtEach,
  corsOrigins,
  hold,
  isStopping,
  pendingRequests,
  stream,
  now
}: Dependencies): (OperationAccelerator & RecordsAccelerator) | undefined => {
  if (!hasPrivateFields()) {
    app.log.warn(`FAST_PATH is off: Node ${process.versions.node} writes its answers in another way.`)
    return undefined
  }
  const answers = createAnswers({ derived, freshUntil, touch, now })
  const listener = createListener({
    answers,
    templateCache: requests.cache(),
    whose: createWhose({ consumerOf, edition }),
    limits,
    budget,
    requestIdOf,
    keepAliveHint,
    requestContextOf: createRequestContexts(app.log),
    hold,
    isStopping,
    corsOrigins,
    mayAskFresher,
    leave: pendingRequests.leave,
    note: createAnswerLog(app.log, stream)
  })
  reuseRootValues(schema)
  const fragmentStore = keeps === 'off' ? undefined : { fragments: derived.beside<Fragment>(), freshUntil, touch, now }
  const writer = createWriter({ schema, fragmentStore, requests })
  const coalescing = keeps === 'all' ? createCoalescing({ answers, edition: vdabEdition, asksFresher }) : undefined
  const compute = createCompute({ engine, pipeline, writer })
  const operations = createOperationAnswers({
    pipeline,
    compute,
    answers,
    coalescing,
    listener,
    looksAtEach
  })
  listener.stand(app)
  return { ...operations, ...createRecordAnswers({ answers, keepsWhole: keeps === 'all', listener, asksFresher }) }
}

import { protect } from '../access/persoonsgegevens.ts'
import { createRedaction } from '../access/redaction.ts'
import { forPresent } from '../access/requestContext.ts'
import { guard } from '../access/scope.ts'
import { createEngine } from '../graphql/engine.ts'
import { createPipeline } from '../graphql/pipeline.ts'
import { toGatewayError } from '../http/errorAnswers.ts'
import { attachResolvers } from '../resolvers/index.ts'
import { readSchema } from '../schema/index.ts'
import type { Access } from './access.ts'
import type { Contexts } from './contexts.ts'
import type { Core } from './core.ts'

/** The schema with its resolvers and policies, and the pipeline that runs operations on it. */
export const createGraphql = async (core: Core, access: Access, { contextOf }: Contexts) => {
  const { app, config, documents, requests, turns, warn } = core
  const { limits, budget, record, holdRefusal } = access
  const schema = guard(protect(attachResolvers(readSchema(), { texts: () => requests.cache<string>() })))
  const redaction = createRedaction(schema, {
    onDropped: (type) => warn(`VDAB sends members of ${type} that the schema does not know; they are left out.`)
  })
  const engine = await createEngine(app, { schema, documents, shared: requests, settings: config.graphql })
  const pipeline = createPipeline({
    engine,
    limits,
    budget,
    record,
    contextOf,
    forPresent,
    hold: holdRefusal,
    turns,
    follow: core.traces?.operation,
    toGatewayError
  })
  return { schema, redaction, engine, pipeline }
}

export type Graphql = Awaited<ReturnType<typeof createGraphql>>

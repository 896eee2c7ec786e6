import { hash } from 'node:crypto'
import { OperationTypeNode } from 'graphql'
import type { RequestContext } from '../access/requestContext.ts'
import type { CostBalance } from '../access/budget.ts'
import type { Context } from '../context.ts'
import type { Engine, Priced } from '../graphql/engine.ts'
import type { Asked } from '../graphql/parameters.ts'
import { extensionsFor, withOutcome } from '../graphql/pipeline.ts'
import type { Payload, Pipeline, Waiting } from '../graphql/pipeline.ts'
import { storableHeaders } from '../graphql/storable.ts'
import type { Variables } from '../graphql/variables.ts'
import { surround } from './byteChunks.ts'
import type { ByteChunks } from './byteChunks.ts'
import { endOf } from './coalescing.ts'
import type { ComputedAnswer, WrittenResult } from './coalescing.ts'
import type { Writer, Written } from './writer/index.ts'
import { contextWithRootValues } from './writer/rootValues.ts'
import type { RootValues } from './writer/rootValues.ts'

/** An answer: a payload, or `body` with all of it as bytes; for GET also its headers. */
export type Answer = Payload & { readonly body?: ByteChunks; readonly headers?: Readonly<Record<string, string>> }

/**
 * The data stored about an operation to answer it again. Its parsed document is large, and is looked up when needed.
 */
export type KnownOperation = {
  readonly asked: Asked
  readonly price: number
  /** the key of its document and variables; absent if the answer may be personal and must not be stored */
  readonly key: string | undefined
  readonly trustedName: string | undefined
  readonly coerced: Variables
  /** the key of the writer's plan */
  readonly planKey: string | undefined
}

// Variables that the document does not declare would only waste memory.
const onlyDeclared = (asked: Asked, names: readonly string[]): Asked => {
  const given = Object.entries(asked.variables ?? {})
  const declared = given.filter(([name]) => names.includes(name))
  return declared.length === given.length ? asked : { ...asked, variables: Object.fromEntries(declared) }
}

type Dependencies = { engine: Engine; pipeline: Pipeline; writer: Writer }

/** Computes answers to operations: with the writer if possible, otherwise with the pipeline. */
export const createCompute = ({ engine, pipeline, writer }: Dependencies) => {
  const keyOf = ({ prepared, coerced }: NonNullable<Priced['ready']>): string | undefined => {
    const { operation, variableDefinitions = [] } = prepared.operation
    if (operation !== OperationTypeNode.QUERY || writer.isPersonal(prepared)) return undefined
    return variableDefinitions.length === 0
      ? prepared.hash
      : hash('sha256', `${prepared.hash} ${JSON.stringify(coerced)}`)
  }

  const executed = async (
    requestContext: RequestContext,
    operation: Priced,
    balance: CostBalance | undefined,
    context: Context
  ): Promise<ComputedAnswer<Answer>> => {
    const payload = await pipeline.run(requestContext, operation, balance, context)
    const { data, errors } = payload
    const result: WrittenResult = { ...(data === undefined ? {} : { data }), ...(errors ? { errors } : {}) }
    const { personal, vdab } = context
    const isPersonal = personal.shown().size > 0 || personal.hidden().length > 0
    return {
      payload: balance ? payload : { ...payload, headers: storableHeaders(context, payload) },
      result,
      versions: () => (isPersonal ? undefined : vdab.versheid.versions()),
      mayShareErrors: !isPersonal && vdab.versheid.stale().length === 0
    }
  }

  /** The same for written text, which is never personal. */
  const written = (
    context: Context,
    price: number,
    balance: CostBalance | undefined,
    text: ByteChunks
  ): ComputedAnswer<Answer> => {
    const { consumer, vdab } = context
    const { cause, versheid } = vdab
    const stale = versheid.stale()
    const { upstreamCalls } = cause
    const cost = balance && { price, ...balance }
    const extensions = () => extensionsFor(consumer, upstreamCalls, cost, [], stale).extensions
    const end =
      stale.length === 0
        ? endOf(consumer, price, balance, upstreamCalls)
        : `,"extensions":${JSON.stringify(extensions())}}`
    const body = surround('{"data":', text, end)
    const payload = balance ? { body } : { body, headers: storableHeaders(context, { data: text }) }
    return { payload, result: { text }, versions: versheid.versions }
  }

  return {
    /** The data to store about an operation; undefined if it cannot run. */
    known: (asked: Asked, { price, ready, trustedName }: Priced): KnownOperation | undefined => {
      if (ready === undefined) return undefined
      const { prepared, coerced } = ready
      const names = prepared.operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
      return {
        asked: onlyDeclared(asked, names),
        price,
        key: keyOf(ready),
        trustedName,
        coerced,
        planKey: writer.planKeyOf(prepared, coerced)
      }
    },
    /** The answer; synchronous if it can be written from cached records. `read`: the operation, if it is known. */
    compute: (
      requestContext: RequestContext,
      { asked, price, coerced, planKey, trustedName }: KnownOperation,
      balance: CostBalance | undefined,
      { read, waiting }: { read?: Priced | undefined; waiting?: Waiting | undefined } = {}
    ): ComputedAnswer<Answer> | Promise<ComputedAnswer<Answer>> => {
      const context = pipeline.contextOf(requestContext, waiting)
      const operation = () => read ?? engine(asked, requestContext)
      const execute = (values?: RootValues) =>
        executed(requestContext, operation(), balance, values ? contextWithRootValues(context, values) : context)
      const makePlan = () => {
        const { ready } = operation()
        return ready && writer.planOf(ready.prepared, ready.coerced)
      }
      const plan = writer.cachedPlan(planKey) ?? makePlan()
      if (plan === undefined) return execute()
      const finish = (outcome: Written) =>
        'text' in outcome ? written(context, price, balance, outcome.text) : execute(outcome.rootValues)
      const { cause } = context.vdab
      const end = pipeline.follow?.(requestContext, { type: 'query', trustedName, cause, isEvent: false })
      const write = () => {
        const outcome = writer.write(plan, coerced, context)
        return outcome instanceof Promise ? outcome.then(finish) : finish(outcome)
      }
      return end ? withOutcome(write, ({ result }) => result, end) : write()
    },
    /** The answer to a request that waited for a failed computation: it caused no calls. */
    withErrors: (
      { consumer }: RequestContext,
      price: number,
      balance: CostBalance | undefined,
      result: WrittenResult
    ): Answer => ({
      ...result,
      ...extensionsFor(consumer, 0, balance && { price, ...balance })
    })
  }
}

export type Compute = ReturnType<typeof createCompute>

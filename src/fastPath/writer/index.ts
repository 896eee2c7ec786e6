import type { GraphQLSchema } from 'graphql'
import type { RequestCache } from '../../cache/requestCache.ts'
import type { Context } from '../../context.ts'
import type { Prepared } from '../../graphql/operations.ts'
import type { Variables } from '../../graphql/variables.ts'
import { createExposure } from '../../schema/policy.ts'
import type { ByteChunks } from '../byteChunks.ts'
import { createAnalysis } from './analysis.ts'
import { createFragments } from './fragments.ts'
import type { FragmentStore } from './fragments.ts'
import { createPass } from './pass.ts'
import { createPlans } from './plan.ts'
import type { Plan, RootField } from './plan.ts'
import type { RootValues } from './rootValues.ts'

/** The data of an answer as text; or, if it could not be written, the values of the fields of Query. */
export type Written = { readonly text: ByteChunks } | { readonly rootValues: RootValues }

/** For a larger operation, creating a plan takes longer than one execution. */
const maxSelections = 500
/** Heap bytes of the plan per selection (measured). */
const selectionBytes = 1000
const openingBrace = 0x7b

type Dependencies = {
  schema: GraphQLSchema
  /** the store of the texts of entities; absent if they are not stored */
  fragmentStore?: FragmentStore | undefined
  requests: RequestCache
}

/** Resolves a field of Query. A failure becomes a rejection, so that the other fields are resolved, as in GraphQL. */
const valueOf = ({ resolve }: RootField, variables: Variables, context: Context): unknown => {
  try {
    return resolve(variables, context)
  } catch (error) {
    const failure = error as Error // resolvers throw only errors
    return Promise.reject(failure)
  }
}

const hasPersonalData = ({ personal }: Context) => personal.hidden().length > 0 || personal.shown().size > 0

/** Does this variable have only a few values? Each value gets its own plan. */
const isChoice = (value: unknown): value is string | boolean | null | undefined =>
  value == null || typeof value === 'boolean' || (typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value))

/** Writes the answer from the values of the fields of Query; undefined if GraphQL has to execute it. */
const writeAnswer = (plan: Plan, values: readonly unknown[], context: Context): ByteChunks | undefined => {
  // The texts of a one-time operation would only fill the cache.
  const pass = createPass(context, plan.uses > 0 && !context.vdab.isFresherAsked)
  plan.uses += 1
  try {
    let text = ''
    let index = 0
    for (const { head, write } of plan.rootFields) text += head + write(values[index++], pass)
    text += plan.rootFields.length === 0 ? '{}' : '}'
    // Reading a character flattens the text. Otherwise the garbage collector would have to process a tree of parts.
    if (pass.parts.length === 0 && text.charCodeAt(0) !== openingBrace) return undefined
    return hasPersonalData(context) ? undefined : { text, parts: pass.parts }
  } catch {
    return undefined // GraphQL reports the error and its location
  }
}

/**
 * Writes the answers to queries straight from the records, with a plan that is created once per operation. Leaves every
 * unusual case to GraphQL: a promise below Query, a failure, a null in a non-null field, a value that cannot be
 * serialised, personal data. So it writes exactly the answer of GraphQL, or nothing.
 */
export const createWriter = ({ schema, fragmentStore, requests }: Dependencies) => {
  const revealsPerson = createExposure(schema)
  const analyse = createAnalysis(schema, revealsPerson)
  const withFragments = fragmentStore
    ? createFragments(fragmentStore)
    : (write: Plan['rootFields'][number]['write']) => write
  const makePlan = createPlans({ schema, revealsPerson, withFragments })
  const plans = requests.cache<Plan | 'none'>()

  const planKeyOf = (prepared: Prepared, variables: Variables): string | undefined => {
    const { hash, size } = prepared
    if (size > maxSelections) return undefined
    const values = analyse(prepared).decidingVariables.map((name) => variables[name])
    if (!values.every(isChoice)) return undefined
    // `null` differs from an absent value; `join` would write neither.
    return values.length === 0
      ? hash
      : `${hash} ${values.map((value) => (value === undefined ? '' : String(value))).join(' ')}`
  }

  const cachedPlan = (key: string | undefined): Plan | undefined => {
    const plan = key === undefined ? undefined : plans.get(key)
    return plan === 'none' ? undefined : plan
  }

  const planOf = (prepared: Prepared, variables: Variables): Plan | undefined => {
    const key = planKeyOf(prepared, variables)
    if (key === undefined || plans.get(key) !== undefined) return cachedPlan(key)
    const deciding = analyse(prepared).decidingVariables.filter((name) => Object.hasOwn(variables, name))
    const plan = makePlan(prepared, Object.fromEntries(deciding.map((name) => [name, variables[name]])))
    plans.set(key, plan ?? 'none', plan ? prepared.bytes + prepared.size * selectionBytes : 0)
    return plan
  }

  return {
    /** May the answer contain personal data, with any values of the variables? */
    isPersonal: (prepared: Prepared): boolean => analyse(prepared).isPersonal,
    /** The key of the plan for these coerced variables; undefined if there can be no plan. */
    planKeyOf,
    /** The plan under a key, if it is in the cache. */
    cachedPlan,
    /** The plan for these coerced variables; undefined if answers cannot be written. */
    planOf,
    /** Writes the answer to a query; synchronous if all values are in the cache. */
    write(plan: Plan, variables: Variables, context: Context): Written | Promise<Written> {
      const values = plan.rootFields.map((field) => valueOf(field, variables, context))
      const failed = (): Written => ({
        rootValues: new Map(values.map((value, index) => [plan.rootFields[index]?.key ?? '', value]))
      })
      const finish = (settled: readonly unknown[]): Written => {
        const text = writeAnswer(plan, settled, context)
        return text === undefined ? failed() : { text }
      }
      return values.some((value) => value instanceof Promise)
        ? Promise.all(values).then(finish, failed)
        : finish(values)
    }
  }
}

export type Writer = ReturnType<typeof createWriter>

import type { GraphQLSchema } from 'graphql'
import type { RequestCache } from '../../cache/requestCache.ts'
import type { Context } from '../../context.ts'
import type { ByteChunks } from '../byteChunks.ts'
import type { Prepared } from '../../graphql/operations.ts'
import { createFragments } from './fragments.ts'
import type { Keeping, KeepingPass } from './fragments.ts'
import type { Given } from './given.ts'
import { createExposure } from '../../schema/policy.ts'
import { createPlans } from './plan.ts'
import type { Plan, Root } from './plan.ts'
import { createSurvey } from './survey.ts'

/** The data of an answer; where it could not be written, what the fields of Query gave, for GraphQL to go on with. */
export type Written = { readonly text: ByteChunks } | { readonly given: Given }

/** A longer operation is left to GraphQL: making its plan takes longer than running it once. */
const maxSelections = 500
const opening = 0x7b

type Options = {
  schema: GraphQLSchema
  /** where what is written of entities is kept; absent where nothing is */
  keeping?: Keeping | undefined
  shared: RequestCache
}
type Variables = Readonly<Record<string, unknown>>

// A resolver that throws fails like one that rejects: the others are called all the same, as GraphQL does it.
const valueOf = (ask: Root<KeepingPass>['ask'], variables: Variables, context: Context): unknown => {
  try {
    return ask(variables, context)
  } catch (error) {
    const failure = error as Error // resolvers throw nothing else
    return Promise.reject(failure)
  }
}

const passWithout = (context: Context): KeepingPass => ({
  context,
  number: 0,
  isKeeping: false,
  isMaking: false,
  trusted: new Set(),
  lastTrusted: undefined,
  parts: []
})

/** One of a few, such as no person's id is: a plan is kept for each. */
const isChoice = (value: unknown): value is string | boolean | null | undefined =>
  value == null || typeof value === 'boolean' || (typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value))

/**
 * Writes the answers to queries straight out of the records, without executing them: the plan of an operation is made
 * once. Whatever is not as it mostly is, it leaves to GraphQL, and so answers what GraphQL would or nothing: a promise
 * below the root, a failure, a null where none may be, a value that does not serialise, anything of a person.
 */
export const createWriter = ({ schema, keeping, shared }: Options) => {
  const fragments = keeping && createFragments({ ...keeping, shared })
  const revealsPerson = createExposure(schema)
  const surveyOf = createSurvey(schema, revealsPerson)
  const makePlan = createPlans<KeepingPass>({
    schema,
    revealsPerson,
    entity: fragments?.entity ?? ((_, { write }) => write),
    member: fragments?.member ?? ((write) => write)
  })
  const plans = shared.cache<Plan<KeepingPass> | 'none'>()

  /** Names the plan of a query with these variables; undefined where none can be made. */
  const keyOf = (prepared: Prepared, variables: Variables): string | undefined => {
    const { hash, size } = prepared
    if (size > maxSelections) return undefined
    const { deciding } = surveyOf(prepared)
    const values = deciding.map((name) => variables[name])
    if (!values.every(isChoice)) return undefined
    // A null that was given is not the same as no value: `join` writes neither.
    return values.length === 0
      ? hash
      : `${hash} ${values.map((value) => (value === undefined ? '' : String(value))).join(' ')}`
  }

  const knownPlan = (key: string | undefined): Plan<KeepingPass> | undefined => {
    const known = key === undefined ? undefined : plans.get(key)
    return known === 'none' ? undefined : known
  }

  const planOf = (prepared: Prepared, variables: Variables): Plan<KeepingPass> | undefined => {
    const key = keyOf(prepared, variables)
    if (key === undefined) return undefined
    const known = plans.get(key)
    if (known !== undefined) return known === 'none' ? undefined : known
    const { deciding } = surveyOf(prepared)
    const plan = makePlan(
      prepared,
      Object.fromEntries(deciding.flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name]]] : [])))
    )
    plans.set(key, plan ?? 'none', plan ? prepared.bytes + plan.bytes : 0)
    return plan
  }

  const writeOut = (
    { roots }: Plan<KeepingPass>,
    values: readonly unknown[],
    context: Context
  ): ByteChunks | undefined => {
    const pass = fragments ? fragments.pass(context) : passWithout(context)
    try {
      let text = ''
      let index = 0
      for (const { head, write } of roots) text += head + write(values[index++], pass)
      text += roots.length === 0 ? '{}' : '}'
      // To look into a text makes it one piece: while it waits to be sent, all its pieces would be in the way of the
      // garbage collector.
      if (pass.parts.length === 0 && text.charCodeAt(0) !== opening) return undefined
      // What was hidden or shown of people is for GraphQL to say, whatever the policy promises.
      return context.personal.hidden().length > 0 || context.personal.shown().size > 0
        ? undefined
        : { text, parts: pass.parts }
    } catch {
      return undefined // GraphQL says what is wrong, and where
    }
  }

  return {
    surveyOf,
    keyOf,
    /** A plan that is there already. */
    knownPlan,
    /** How the answers to a query are written, with the coerced variables; undefined where they cannot be. */
    planOf,
    /** Answers a query; at once where nothing has to be waited for. */
    write(plan: Plan<KeepingPass>, variables: Variables, context: Context): Written | Promise<Written> {
      let isWaiting = false
      const values = plan.roots.map(({ ask }) => {
        const value = valueOf(ask, variables, context)
        if (value instanceof Promise) isWaiting = true
        return value
      })
      const given = (): Written => ({
        given: new Map(values.map((value, index) => [plan.roots[index]?.key ?? '', value]))
      })
      const finish = (found: readonly unknown[]): Written => {
        const text = writeOut(plan, found, context)
        return text === undefined ? given() : { text }
      }
      return isWaiting ? Promise.all(values).then(finish, given) : finish(values)
    }
  }
}

export type Writer = ReturnType<typeof createWriter>

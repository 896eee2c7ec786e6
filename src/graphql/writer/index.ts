import type { GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Context } from '../../context.ts'
import type { Prepared } from '../operations.ts'
import type { Bytes } from './bytes.ts'
import { createFragments } from './fragments.ts'
import type { Keeping, KeepingPass } from './fragments.ts'
import type { Given } from './given.ts'
import { createMarks } from './marks.ts'
import { createPlans } from './plan.ts'
import type { Plan, Root } from './plan.ts'

/** The data of an answer; where it could not be written, what the fields of Query gave, for GraphQL to go on with. */
export type Written = { readonly text: Bytes } | { readonly given: Given | undefined }

/** Fields in all the plans that are kept: some 1 kB each. */
const maxFields = 50_000
/** A longer operation is left to GraphQL: making its plan takes longer than running it once. */
const maxSelections = 500
const opening = 0x7b
const nothing: Written = { given: undefined }

type Options = {
  schema: GraphQLSchema
  /** where what is written of entities is kept; absent where nothing is */
  keeping?: Keeping | undefined
}
type Variables = Readonly<Record<string, unknown>>
type Outcome = { value: unknown } | { error: unknown }

const passWithout = (context: Context): KeepingPass => ({ context, number: 0, isKeeping: false, isMaking: false, trusted: new Set(), lastTrusted: undefined })

/** One of a few, such as no person's id is: a plan is kept for each. */
const isChoice = (value: unknown) => value == null || typeof value === 'boolean' || (typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value))

const ask = (root: Root<KeepingPass>, variables: Variables, context: Context): Outcome => {
  try {
    return { value: root.ask(variables, context) }
  } catch (error) {
    return { error }
  }
}

/**
 * Writes the answers to queries straight out of the records, without executing them: the plan of an operation is made once.
 * Whatever is not as it mostly is, it leaves to GraphQL, and so answers what GraphQL would or nothing: a promise below the
 * root, a failure, a null where none may be, a value that does not serialise, anything of a person.
 */
export const createWriter = ({ schema, keeping }: Options) => {
  const fragments = keeping && createFragments(keeping)
  const marks = createMarks(schema)
  const makePlan = createPlans<KeepingPass>({ schema, marks, entity: fragments?.entity ?? ((_, { write }) => write) })
  const plans = new LRUCache<string, Plan<KeepingPass> | 'none'>({ maxSize: maxFields, sizeCalculation: (plan) => (plan === 'none' ? 1 : plan.size) })

  const planOf = (prepared: Prepared, variables: Variables): Plan<KeepingPass> | undefined => {
    const { hash, survey: { deciding } } = prepared
    const values = deciding.map((name) => variables[name])
    if (!values.every(isChoice)) return undefined
    const key = values.length === 0 ? hash : `${hash} ${values.join(' ')}`
    const known = plans.get(key)
    if (known !== undefined) return known === 'none' ? undefined : known
    const plan = makePlan(prepared, Object.fromEntries(deciding.flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name]]] : []))))
    if (!prepared.isFirst) plans.set(key, plan ?? 'none')
    return plan
  }

  const writeOut = ({ roots }: Plan<KeepingPass>, values: readonly unknown[], context: Context): Bytes | undefined => {
    const pass = fragments ? fragments.pass(context) : passWithout(context)
    try {
      let text = ''
      for (const [index, { head, write }] of roots.entries()) text += head + write(values[index], pass)
      // To look into a text makes it one piece: while it waits to be sent, all its pieces would be in the way of the garbage collector.
      if (text.charCodeAt(0) !== opening) text = '{'
      // What was hidden or shown of people is for GraphQL to say, whatever the marks promise.
      return context.personal.hidden().length > 0 || context.personal.shown().size > 0 ? undefined : `${text}}`
    } catch {
      return undefined // GraphQL says what is wrong, and where
    }
  }

  const givenBy = ({ roots }: Plan<KeepingPass>, outcomes: readonly Outcome[]): Written => ({ given: new Map(roots.flatMap(({ key }, index) => (outcomes[index] ? [[key, outcomes[index]] as const] : []))) })

  return {
    marks,
    /** Answers a query with the coerced variables; at once where nothing has to be waited for. */
    write(prepared: Prepared, variables: Variables, context: Context): Written | Promise<Written> {
      const plan = prepared.size > maxSelections ? undefined : planOf(prepared, variables)
      if (!plan) return nothing
      const outcomes: Outcome[] = []
      // One that fails may end it all: what comes after it is for GraphQL to ask, or not.
      let hasFailed = false
      for (const root of plan.roots) {
        const outcome = ask(root, variables, context)
        outcomes.push(outcome)
        hasFailed = 'error' in outcome
        if (hasFailed) break
      }
      const leave = () => givenBy(plan, outcomes)
      const finish = (values: readonly unknown[]): Written => {
        const text = writeOut(plan, values, context)
        return text === undefined ? leave() : { text }
      }
      if (hasFailed) {
        for (const outcome of outcomes) if ('value' in outcome && outcome.value instanceof Promise) outcome.value.catch(() => undefined) // it is handed on, and told there
        return leave()
      }
      const values = outcomes.map((outcome) => ('value' in outcome ? outcome.value : undefined))
      return values.some((value) => value instanceof Promise) ? Promise.all(values).then(finish, leave) : finish(values)
    }
  }
}

export type Writer = ReturnType<typeof createWriter>

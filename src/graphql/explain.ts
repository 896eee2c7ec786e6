import type { Context } from '../context.ts'
import type { PricePart } from './cost.ts'
import type { Priced, Result } from './engine.ts'
import { errorPlaces } from './order.ts'

type Made = {
  readonly operation: Pick<Priced, 'price' | 'readStep'>
  readonly result: Result
  readonly verborgen: readonly string[]
  /** the times of the steps, in ms */
  readonly steps: { readonly executeMs: number; readonly auditMs: number }
  readonly parts: readonly PricePart[]
}

const mostParts = 12
const rounded = (ms: number) => Math.round(ms * 100) / 100

/**
 * `extensions.explain`: how a response was made. It contains paths, names of endpoints and figures, but no personal
 * data and no id.
 */
export const explain = (
  { personal, vdab: { explanation } }: Context,
  { operation: { price, readStep }, result, verborgen, steps, parts }: Made
): { readonly explain?: object } => {
  if (explanation === undefined) return {}
  return {
    explain: {
      steps: {
        ...(readStep ? { readMs: rounded(readStep.readMs), isKnownDocument: readStep.isKnown } : {}),
        executeMs: rounded(steps.executeMs),
        auditMs: rounded(steps.auditMs)
      },
      ...explanation.report(),
      hidden: verborgen.map((pad) => ({ pad, ...personal.hiddenWhy(pad) })),
      failed: errorPlaces(result.errors),
      cost: { price, parts: [...parts].sort((a, b) => b.price - a.price).slice(0, mostParts) }
    }
  }
}

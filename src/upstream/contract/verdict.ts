/** VDAB does not do what the gateway relies on. The message says it in words and never quotes a value of VDAB's. */
export class Failed extends Error {
  override readonly name = 'Failed'
}

/** What the requirement needs is missing, so nothing can be said of it. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** Throws Failed with `reason` unless the condition holds. */
export function must(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Failed(reason)
}

/** Throws Skipped with `reason` unless the condition holds. */
export function need(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Skipped(reason)
}

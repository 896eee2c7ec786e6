/** A cache entry that is used in a response. */
export type ShownEntry = {
  readonly key: string
  readonly row: string
  readonly startedAt: number
  readonly isAbsent: boolean
  readonly isGone: boolean
}
/** The age of the parts of a response, and the cache entries that they were made of. */
type Reading = {
  readonly figures: () => { readonly oldestMs: number } | undefined
  readonly versions: () => readonly ShownEntry[] | undefined
}

/** The account of one response, for metrics: its calls, its parts, and the codes of its errors. */
export type Account = {
  readonly causes: { readonly upstreamCalls: number }[]
  readonly readings: Reading[]
  readonly codes: string[]
}
/** The owner of a response: a request, or an operation on an open connection. */
export type AccountHolder = { account?: Account | undefined }

/**
 * The figures of an account. `upstreamCalls` is undefined if nothing of VDAB was read; `ageMs` is that of the oldest
 * part.
 */
export type AccountFigures = {
  readonly upstreamCalls: number | undefined
  readonly ageMs: number | undefined
  readonly codes: readonly string[]
  readonly shown: () => readonly ShownEntry[]
}

/** The account of a request; created at the first use. */
export const accountOf = (holder: AccountHolder): Account =>
  (holder.account ??= { causes: [], readings: [], codes: [] })

/** Records that a response contains an error with this code. Values that are not texts are ignored. */
export const noteCode = (holder: AccountHolder, code: unknown) => {
  if (typeof code !== 'string') return
  const { codes } = accountOf(holder)
  if (!codes.includes(code)) codes.push(code)
}

const nothing: AccountFigures = { upstreamCalls: undefined, ageMs: undefined, codes: [], shown: () => [] }

/** Adds up an account. */
export const figuresOf = (account: Account | undefined): AccountFigures => {
  if (account === undefined) return nothing
  const { causes, readings, codes } = account
  let ageMs: number | undefined
  for (const { figures } of readings) {
    const oldestMs = figures()?.oldestMs
    if (oldestMs !== undefined && oldestMs > (ageMs ?? -1)) ageMs = oldestMs
  }
  let upstreamCalls: number | undefined
  for (const cause of causes) upstreamCalls = (upstreamCalls ?? 0) + cause.upstreamCalls
  return { upstreamCalls, ageMs, codes, shown: () => readings.flatMap(({ versions }) => versions() ?? []) }
}

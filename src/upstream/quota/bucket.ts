/** A token bucket whose rate and size may change. It can hold a debt. */
export type Bucket = { tokens: number; filledAt: number }

/** `perMs`: tokens per ms; `size`: the maximum number of tokens. */
export type Filling = { readonly perMs: number; readonly size: number }

// Sums of fractions may fall short of a whole token by a rounding error.
const tolerance = 1e-9

/** Fills the bucket up to this instant. */
export const refill = (bucket: Bucket, time: number, { perMs, size }: Filling) => {
  bucket.tokens = Math.min(size, bucket.tokens + (time - bucket.filledAt) * perMs)
  bucket.filledAt = time
}

/** Takes one token, down to a debt of `maxDebt`. */
export const charge = (bucket: Bucket, maxDebt: number) => {
  bucket.tokens = Math.max(-maxDebt, bucket.tokens - 1)
}

/** Does it contain a token? */
export const holdsOne = ({ tokens }: Bucket): boolean => tokens >= 1 - tolerance

/** The time in ms until it contains this many tokens. */
export const msUntil = ({ tokens }: Bucket, wanted: number, { perMs }: Filling): number =>
  Math.max(0, (wanted - tolerance - tokens) / perMs)

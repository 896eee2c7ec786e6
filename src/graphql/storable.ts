import type { Context } from '../context.ts'
import { shortMs, versheidHeaders } from '../http/versheid.ts'
import type { Payload } from './pipeline.ts'

/**
 * The headers of an answer over GET: how old it is, and whether caches may store it. They may not where it holds
 * personal data, lacks fields that the consumer may not read, or has errors.
 */
export const storableHeaders = (
  { personal, vdab: { versheid, isFresherAsked } }: Context,
  { data, errors }: Pick<Payload, 'data' | 'errors'>
): Readonly<Record<string, string>> =>
  versheidHeaders(versheid, {
    isKept: data != null && !errors && personal.shown().size === 0 && personal.hidden().length === 0,
    longestMs: shortMs,
    isFresherAsked
  })

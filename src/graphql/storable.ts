import type { Context } from '../context.ts'
import { shortMs, versheidHeaders } from '../http/versheid.ts'
import type { Payload } from './pipeline.ts'

/**
 * The headers of a response over GET: its age, and whether caches may store it. They may not store it if it contains
 * personal data or errors, or lacks fields that the consumer may not read.
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

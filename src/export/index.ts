import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Budget } from '../access/budget.ts'
import type { Limits } from '../access/limits.ts'
import type { Redaction } from '../access/redaction.ts'
import type { Sessions } from '../access/sessions.ts'
import type { Changes } from '../changes/changes.ts'
import type { GatewayError } from '../errors.ts'
import type { Outcome } from '../upstream/batcher.ts'
import type { Cause } from '../upstream/client.ts'
import type { Vdab } from '../vdab/lookup.ts'
import { registerExport } from './door.ts'
import { createExport } from './export.ts'
import type { RateLimiter } from './rateLimiter.ts'
import { createSlots } from './slots.ts'
import type { Places } from './slots.ts'
import { createSource } from './source.ts'

type Options = {
  settings: { tries: number; batchSize: number; max: number; maxPerConsumer: number; stallMs: number }
  /** where the changes go on after a copy */
  changes: Changes
  limits: Limits
  budget: Budget
  sessions: Sessions
  redaction: Redaction
  vdab: Vdab
  /** details, past the cache and the batcher */
  records: (ids: readonly string[], cause: Cause) => Promise<ReadonlyMap<string, Outcome>>
  /** the calls that all exports together may make */
  rateLimiter: RateLimiter
  /** where their places are counted; in this process when absent */
  places?: Places | undefined
  toGatewayError: (error: unknown, request: FastifyRequest) => GatewayError
  now: () => number
}

/** The door for full copies, with one pace and one set of places for all of them. */
export const registerCopies = (
  app: FastifyInstance,
  {
    settings,
    changes,
    limits,
    budget,
    sessions,
    redaction,
    vdab,
    records,
    rateLimiter,
    places,
    toGatewayError,
    now
  }: Options
) => {
  const source = createSource({ page: vdab.initial, records, rateLimiter, tries: settings.tries })
  const exportOf = createExport({ source, redaction, batchSize: settings.batchSize, isId: vdab.isId, now })
  const feed = {
    cursor: () => changes.cursor('vacature'),
    check: (sinds: string) => changes.check('vacature', sinds)
  }
  registerExport(app, {
    limits,
    budget,
    sessions,
    slots: createSlots({ ...settings, places }),
    stallMs: settings.stallMs,
    exportOf,
    feed,
    isId: vdab.isId,
    toGatewayError
  })
}

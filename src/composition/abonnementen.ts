import type { FastifyRequest } from 'fastify'
import { createAbonnementen, type Judge } from '../abonnementen/index.ts'
import { sealingKey } from '../abonnementen/key.ts'
import { settled } from '../errors.ts'
import { judgeChange } from '../resolvers/filter.ts'
import { filterParameters } from '../resolvers/vacature.ts'
import type { VacatureFilter } from '../schema/types.ts'
import { createFeedReader } from '../state/feedReader.ts'
import type { Access } from './access.ts'
import type { Contexts } from './contexts.ts'
import type { Core } from './core.ts'
import type { Upstream } from './upstream.ts'

/** The effect of a change on the filter of a subscription; VDAB calls for it are background work. */
const createJudge =
  ({ vdab, enrichment: { levensloop } }: Pick<Upstream, 'vdab' | 'enrichment'>): Judge =>
  async (filter, { id, status, cursor }) => {
    const reading = vdab.for({ upstreamCalls: 0, isBackground: () => true })
    const isGone = status !== 'GEPUBLICEERD'
    const record = isGone ? null : filter ? await settled(() => reading.at().detail('vacature', id)) : undefined
    const waarden = levensloop?.waardenVoor(id, cursor)
    const soort = judgeChange({ filter, isGone, record, waarden, now: reading.now() })
    const versie = record && !(record instanceof Error) ? Number(record['versie'] ?? NaN) : NaN
    return soort && { id, soort, ...(Number.isSafeInteger(versie) ? { versie } : {}) }
  }

/** The saved searches that call their consumer; undefined if this gateway stores no data, or follows no feed. */
export const openAbonnementen = ({ config, warn, now }: Core, { consumers }: Access, upstream: Upstream) => {
  const { opened, changes } = upstream
  const { key, isOn, ...settings } = config.abonnementen
  if (!opened || !isOn) return undefined
  return createAbonnementen({
    settings,
    ...opened,
    key: sealingKey(key?.reveal(), config.stateFile),
    repeatMs: 2 * (config.feed.intervalMs + config.feed.overlapMs),
    consumers,
    changes,
    createReader: createFeedReader,
    judge: createJudge(upstream),
    warn,
    now
  })
}

/** Throws BAD_USER_INPUT for a filter that a search would refuse. */
export const createCheckFilter =
  ({ vdabOf }: Pick<Contexts, 'vdabOf'>) =>
  (filter: VacatureFilter, request: FastifyRequest) =>
    vdabOf(request).at().check('vacatures', filterParameters(filter))

/** Why /api/abonnementen is off; undefined if it is on. */
export const offReasonOf = ({ config }: Core, { opened }: Upstream): string | undefined => {
  if (!config.abonnementen.isOn) return 'Subscriptions are switched off on this gateway (ABONNEMENTEN).'
  if (!opened) return 'Subscriptions are off here: they need a database, and so one process (WORKERS=1).'
  if (config.feed.intervalMs === 0)
    return "Subscriptions are off here: this gateway does not follow VDAB's changes (FEED_INTERVAL_MS=0)."
  return undefined
}

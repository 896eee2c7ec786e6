import type { Changes } from '../changes/changes.ts'
import type { Enrichment } from '../enrichment/index.ts'
import { openDatabase } from '../state/database.ts'
import { createFeedReader } from '../state/feedReader.ts'
import { createKept } from '../state/kept.ts'
import type { Core } from './core.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

const isMissing = (error: unknown) => (error as { code?: string }).code === 'MODULE_NOT_FOUND'

/**
 * The database of the gateway. Undefined with several workers, which cannot share it; without its package; and when
 * neither STATE_FILE nor ENRICH_LEVENSLOOP requires it. Throws ConfigError when STATE_FILE cannot be used.
 */
export const openState = ({ app, config, now, shared, warn }: Core) => {
  const { stateFile: file } = config
  if (file === undefined && !config.enrichment.levensloop) return undefined // SQLite takes 36 MB
  if (shared || config.workers > 1) {
    warn('WORKERS is more than 1: `levensloop` is null and /api/abonnementen is off, since one process must remember.')
    return undefined
  }
  try {
    const state = openDatabase({ file, warn, now })
    if (file === undefined)
      app.log.info('STATE_FILE is not set: lives of vacancies and subscriptions end with this process')
    return { state, kept: createKept(state) }
  } catch (error) {
    if (!isMissing(error)) throw error
    warn(
      'The package node-sqlite3-wasm is missing: `levensloop` is null, /api/abonnementen is off. Install the packages.'
    )
    return undefined
  }
}

export type OpenedState = NonNullable<ReturnType<typeof openState>>

/** Reads VDAB's feed for the levensloop of vacancies; undefined if none are stored, or the feed is off. */
export const followLives = (
  { config, now, warn }: Core,
  { state, kept }: OpenedState,
  { levensloop }: Enrichment,
  changes: Changes
) => {
  if (!levensloop || config.feed.intervalMs === 0) return undefined
  const oldest = () => now() - config.vdab.bulkMaxDays * dayMs + minuteMs
  return createFeedReader({
    name: 'levensloop',
    state,
    kept,
    follow: (options) => changes.follow('vacature', options),
    // A lost file is rebuilt from all changes that VDAB's feed still lists. A database in memory is not: that would
    // cost calls at each start.
    start: () => changes.cursor('vacature', state.isDurable ? oldest() : undefined),
    apply: (found) => () => levensloop.noteRows(found),
    onGap: levensloop.startAnew,
    warn
  })
}
